# writer.pl PAUSE BURST LENGTH [ROUNDS CODE]: numbered lines to both outputs, so many in a burst, milliseconds between the bursts; no line
# has more than LENGTH dots. Until TERM, or for so many bursts. The last line of each output tells the total. Ends with CODE, 7 without
# one; a negative CODE is a signal that it sends itself. perl, since each system has it, and one costs two megabytes.
use strict;
use warnings;
use Errno;

my ($pause, $burst, $length, $rounds, $code) = (@ARGV, -1, 7);
my $stopping = 0;
$SIG{TERM} = sub { $stopping = 1 };

sub put {
    my ($file, $text) = @_;
    for (my $at = 0; $at < length $text;) {
        my $count = syswrite $file, $text, length($text) - $at, $at;
        die "cannot write: $!" unless defined $count || $!{EINTR};
        $at += $count // 0;
    }
}

my $number = 0;
for (; !$stopping && $rounds != 0; $rounds--) {
    for (1 .. $burst) {
        $number++;
        my $line = $number . ' ' . ('.' x ($number * 7 % $length)) . "\n";
        put(\*STDOUT, $line);
        put(\*STDERR, $line);
    }
    select undef, undef, undef, $pause / 1000 if $pause;
}
put(\*STDOUT, "total $number\n");
put(\*STDERR, "total $number\n");
if ($code < 0) {
    $SIG{TERM} = 'DEFAULT';
    kill -$code, $$;
    sleep 10;
}
exit $code;
