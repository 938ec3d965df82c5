# A worker that does not end when it is asked to: stubborn.pl FILE. Each TERM is a line "term PID" of FILE, and after the first one "on PID"
# follows every tenth of a second.
use strict;
my ($file) = @ARGV;
my $asked = 0;
sub note { open my $out, '>>', $file or die; print $out "$_[0] $$\n"; close $out }
$SIG{TERM} = sub { $asked = 1; note('term') };
note('start');
while (1) {
    select undef, undef, undef, 0.1;
    note('on') if $asked;
}
