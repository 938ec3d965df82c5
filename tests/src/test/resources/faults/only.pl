# A worker of which there may be one: only.pl LOCK FILE. It and its child, which ignores TERM, hold LOCK as long as either of them runs. A line
# "double PID" of FILE tells that somebody else has it; "start PID" that it runs.
use strict;
use Fcntl ':flock';
my ($lock, $file) = @ARGV;
sub note { open my $out, '>>', $file or die; print $out "$_[0] $$\n"; close $out }
open my $held, '>>', $lock or die;
note('double') unless flock $held, LOCK_EX | LOCK_NB;
my $child = fork;
die unless defined $child;
$SIG{TERM} = 'IGNORE' unless $child;
note('start') if $child;
sleep 1000 while 1;
