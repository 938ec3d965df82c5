# Builds a checkout on its first use, for launch.sh; sourced, never run.
#
# One build at a time: a second launcher waits for the first and then finds its work done. Everything is told on stderr,
# at least every few seconds.

build() {
    command -v mvn > /dev/null \
        || die "cannot build $root: there is no mvn; install Maven, or unpack a release (target/circus-VERSION.tar.gz)"
    [[ -x ${java%/java}/javac || -n $(type -P javac) ]] \
        || die "cannot build $root: $java belongs to a JRE; install a JDK $OLDEST_JAVA or newer"
    mkdir -p "$root/dist/target" || die "cannot build $root: cannot write to $root/dist/target"
    local lock
    if command -v flock > /dev/null; then
        exec {lock}> "$root/dist/target/build.lock"
        if ! flock -n "$lock"; then
            progress_of "waiting for another build of this checkout" flock "$lock"
        fi
        if is_built; then
            exec {lock}>&-
            return
        fi
    fi
    local log=$root/dist/target/build.log began=$SECONDS
    printf '%s: first use of this checkout, or its sources changed: building (about a minute; log: %s)\n' \
        "$program" "$log" >&2
    if ! progress_of "building" maven; then
        grep -m 20 '^\[ERROR\]' "$log" >&2
        die "cannot build $root: mvn failed; the whole log is in $log"
    fi
    [[ -z ${lock:-} ]] || exec {lock}>&-
    printf '%s: built in %d s\n' "$program" $((SECONDS - began)) >&2
}

maven() {
    # No tests and no style checks: these belong to `mvn verify`. The lock is not for mvn to inherit.
    cd "$root" || return
    [[ -z ${lock:-} ]] || exec {lock}>&-
    exec mvn -B -Dmaven.test.skip=true -Dspotless.check.skip=true -pl dist -am package \
        < /dev/null > "$root/dist/target/build.log" 2>&1
}

# progress_of WHAT COMMAND…: runs the command and tells every two seconds how far it is. Answers the command's status.
progress_of() {
    local what=$1 began=$SECONDS told=0 step=
    shift
    "$@" &
    local worker=$!
    trap 'kill "$worker" 2> /dev/null; exit 130' INT TERM
    while kill -0 "$worker" 2> /dev/null; do
        if ((SECONDS - told >= 2)); then
            told=$SECONDS
            step=$(tail -n 400 "$root/dist/target/build.log" 2> /dev/null \
                | sed -n -e 's/^\[INFO\] Building \(.*\) 0.*\[\(.*\)\]$/\2 \1/p' \
                    -e 's/^\[INFO\] Downloading from [^:]*: .*\/\([^\/]*\)$/fetching \1/p' | tail -n 1)
            printf '%s: %s … %d s %s\n' "$program" "$what" $((SECONDS - began)) "$step" >&2
        fi
        sleep 0.2
    done
    trap - INT TERM
    wait "$worker"
}
