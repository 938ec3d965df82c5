# hang.pl NAME GO OUT: a file that hangs: a terminal whose other end nobody reads, so that who writes to it waits, after some 64 KiB. Its path
# is in NAME. When there is a file GO, all that was written to it goes to OUT.
use strict;
use warnings;
use Fcntl;

my ($name, $go, $out) = @ARGV;
sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or die "cannot open /dev/ptmx: $!";
my $unlocked = pack 'i', 0;
my $number = pack 'i', 0;
ioctl $master, 0x40045431, $unlocked or die "cannot unlock a terminal: $!";
ioctl $master, 0x80045430, $number or die "cannot name a terminal: $!";
my $path = '/dev/pts/' . unpack 'i', $number;
# Held open, or the first one who closes it would hang it up; raw, or line feeds would get company.
sysopen my $slave, $path, O_RDWR | O_NOCTTY or die "cannot open $path: $!";
system('stty', '-F', $path, 'raw', '-echo') == 0 or die "cannot set $path";
open my $file, '>', "$name.new" or die;
print $file $path;
close $file;
rename "$name.new", $name or die;
select undef, undef, undef, 0.05 until -e $go;
open my $copy, '>', $out or die;
while (sysread $master, my $text, 65536) {
    syswrite $copy, $text;
}
