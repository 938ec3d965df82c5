# torture.pl NAME TOLD MODE: numbered lines to both outputs, at random times and of random shapes, until TERM; with MODE "mortal" some end by
# themselves. A line is
#
#   <NAME PID CHANNEL NUMBER MICROS:filler:NUMBER CHANNEL PID NAME>
#
# with the time at which its writing began, in microseconds, and a filler that follows from NUMBER alone; the last line of an output has
# "total NUMBER" in place of the first NUMBER and "total" in place of the filler. TOLD/NAME.PID.CHANNEL holds how many lines were
# written whole, and " all" behind it after the last one. Some lines lie open for more than a second; with MODE "alone" more of them do, and
# some are very long.
use strict;
use warnings;
use Errno;
use POSIX ();

my ($name, $told, $mode) = @ARGV;
my @pattern = map { my $c = $_; utf8::encode($c); $c } ('a', "\x{e4}", "\x{20ac}", "\x{1d11e}", ' ', '|', '[', ']');
# gettimeofday(2): Time::HiRes is not in perl-base.
my $gettimeofday = {x86_64 => 96, aarch64 => 169}->{(POSIX::uname())[4]};
require Time::HiRes unless defined $gettimeofday;
my %handle = (out => \*STDOUT, err => \*STDERR);
my (%number, %count);
my $stopping = 0;
$SIG{TERM} = sub { $stopping = 1 };
srand($$);

sub put {
    my ($file, $text) = @_;
    for (my $at = 0; $at < length $text;) {
        my $written = syswrite $file, $text, length($text) - $at, $at;
        exit 3 unless defined $written || $!{EINTR};
        $at += $written // 0;
    }
}

sub micros {
    return int(Time::HiRes::time() * 1e6) unless defined $gettimeofday;
    my $time = pack 'qq', 0, 0;
    syscall $gettimeofday, $time, 0;
    my ($seconds, $micros) = unpack 'qq', $time;
    return $seconds * 1_000_000 + $micros;
}

sub pause {
    select undef, undef, undef, $_[0];
}

sub tell_count {
    my ($channel, $end) = @_;
    my $file = $count{$channel};
    sysseek $file, 0, 0;
    put($file, $number{$channel} . $end);
}

sub filler {
    my ($number) = @_;
    my $length = $number * 7919 % 120;
    $length = 3000 if $number % 97 == 0;
    $length = 30000 if $number % 211 == 0 && $mode eq 'alone';
    return join '', map { $pattern[($number + $_) % 8] } 1 .. $length;
}

sub line {
    my ($channel) = @_;
    my $number = ++$number{$channel};
    my $head = sprintf "<%s %d %s %d %d:", $name, $$, $channel, $number, micros();
    return ($head, filler($number) . ":$number $channel $$ $name>\n");
}

for my $channel ('out', 'err') {
    $number{$channel} = 0;
    open $count{$channel}, '>', "$told/$name.$$.$channel" or die "cannot tell: $!";
    tell_count($channel, '');
}
my $left = $mode eq 'mortal' && rand() < 0.7 ? 20 + int rand 200 : -1;
while (!$stopping && $left--) {
    my $channel = rand() < 0.25 ? 'err' : 'out';
    my $chance = rand;
    if ($chance < 0.1) {
        my $text = join '', map { join '', line($channel) } 1 .. 1 + int rand 20;
        put($handle{$channel}, $text);
    } else {
        my ($head, $rest) = line($channel);
        # Not within the end, which tells whose the rest of a line is.
        my $cut = $chance < 0.25 ? int rand 1 + rindex $rest, ':' : length $rest;
        put($handle{$channel}, $head . substr $rest, 0, $cut);
        if ($cut < length $rest) {
            pause($chance < ($mode eq 'alone' ? 0.105 : 0.1005) ? 1.3 : $chance < 0.12 ? 0.2 : rand 0.02);
            put($handle{$channel}, substr $rest, $cut);
        }
    }
    tell_count($channel, '');
    pause(rand 0.08);
}
for my $channel ('out', 'err') {
    put($handle{$channel}, sprintf "<%s %d %s total %d %d:total:%d %s %d %s>\n",
        $name, $$, $channel, $number{$channel}, micros(), $number{$channel}, $channel, $$, $name);
    tell_count($channel, ' all');
}
exit 0;
