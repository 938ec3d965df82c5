# A worker that writes some 50 megabytes a second: flood.pl FILE. Lines have 100 bytes and are numbered from 1; asked to end, it tells in FILE
# how many there were.
use strict;
my ($file) = @ARGV;
my $asked = 0;
$SIG{TERM} = sub { $asked = 1 };
my $count = 2500;
my $filler = '.' x 88;
my $number = 0;
until ($asked) {
    my $text = '';
    for (1 .. $count) {
        $number++;
        $text .= sprintf "%010d %s\n", $number, $filler;
    }
    for (my $at = 0; $at < length $text;) {
        my $written = syswrite STDOUT, $text, length($text) - $at, $at;
        $at += $written if defined $written;
    }
    select undef, undef, undef, 0.0035;
}
open my $out, '>', "$file.new" or die;
print $out "$number\n";
close $out;
rename "$file.new", $file;
