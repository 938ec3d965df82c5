# Speaks at a Unix socket, and prints all that it is told: stranger.pl PATH TEXT..., all of it in hexadecimal digits. Each text is said when
# there was an answer to the one before it; an empty one waits for what is told unasked. It ends when the other side closes the connection, or
# has answered the last text; it fails when there is neither an answer nor an end.
use strict;
use IO::Socket::UNIX;
my ($path, @texts) = @ARGV;
$SIG{PIPE} = 'IGNORE';
my $socket = IO::Socket::UNIX->new(Peer => $path) or die "cannot connect to $path: $!\n";
my $bits = '';
vec($bits, fileno $socket, 1) = 1;
my $told = '';
TEXT: for my $text (@texts) {
    syswrite $socket, pack('H*', $text);
    my $patience = 20;
    while (select(my $ready = $bits, undef, undef, $patience) > 0) {
        sysread($socket, my $part, 65536) or last TEXT;
        $told .= $part;
        $patience = 0.3;
    }
    die "no answer from $path, and no end\n" if $patience > 1;
}
print unpack('H*', $told);
