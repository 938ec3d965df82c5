# What bin/papa, bin/circusd and bin/circusctl share; sourced by them, never run.
#
# Finds the home of the installation and a JDK, builds a checkout where need be, and replaces the shell by the JVM, so
# that the pid is the program's own. Nothing here forks without need: circusctl is run in loops.
#
# Read from the environment: JAVA_HOME; CIRCUS_JAVA_OPTS (circusd and circusctl) and PAPA_JAVA_OPTS (papa), put after our
# own options; CIRCUS_BUILD=never, for a checkout that is not to be built.

readonly OLDEST_JAVA=17

# What a launcher may say behind this; not what the environment happens to have under these names.
unset collector heard quit

# Were one of these closed, the first file that is opened would get its number, and what is said would go into that.
{ : 3<&0; } 2>/dev/null || exec </dev/null
{ : 3>&1; } 2>/dev/null || exec >/dev/null
: 3>&2 || exec 2>/dev/null

die() {
    printf '%s: %s\n' "$program" "$1" >&2
    exit 1
}

# One fork for both links: ours (the launcher may be reached through one) and java's (its `release` file lies beside it).
# Sets root, java and java_major.
find_places() {
    local launcher=$1 candidate resolved release
    if [[ -n ${JAVA_HOME:-} ]]; then
        candidate=$JAVA_HOME/bin/java
        [[ -x $candidate ]] || die "cannot find java: JAVA_HOME is $JAVA_HOME, but $candidate is no program"
    else
        candidate=$(type -P java) || die "cannot find java: install a JDK $OLDEST_JAVA or newer, or set JAVA_HOME"
    fi
    # Not by a process substitution: that child would be inherited by the JVM.
    resolved=$(readlink -f -- "$launcher" "$candidate") || die "cannot follow the link $launcher or $candidate"
    launcher=${resolved%%$'\n'*}
    resolved=${resolved#*$'\n'}
    root=${launcher%/bin/*}
    java=$candidate
    java_major=
    release=${resolved%/bin/java}/release
    if [[ -r $release ]]; then
        local line
        while IFS= read -r line; do
            [[ $line == JAVA_VERSION=* ]] && java_major=${line#*=} && break
        done < "$release"
    else
        java_major=$("$java" -version 2>&1 | sed -n 's/.*version \("[^"]*"\).*/\1/p')
    fi
    java_major=${java_major//\"/}
    java_major=${java_major#1.}
    java_major=${java_major%%[!0-9]*}
    [[ -n $java_major ]] || die "cannot tell the version of $java: it has no release file and no -version"
    ((java_major >= OLDEST_JAVA)) \
        || die "cannot use $java: it is Java $java_major, and $OLDEST_JAVA or newer is needed; set JAVA_HOME to one"
}

# A release has its jars beside bin; a checkout has sources there, and its build makes the same folders. Sets home.
find_home() {
    if [[ -d $root/lib/papa ]]; then
        home=$root
        return
    fi
    [[ -f $root/pom.xml ]] || die "cannot find the program: $root has neither lib/papa (a release) nor pom.xml (a checkout)"
    home=$root/dist/target/circus
    if [[ ${CIRCUS_BUILD:-} == never ]]; then
        [[ -d $home/lib/papa ]] || die "cannot find the program: $home is not built, and CIRCUS_BUILD=never forbids to build it"
    elif ! is_built; then
        # shellcheck source=bin/build.sh
        . "$root/bin/build.sh"
        build
    fi
}

is_built() {
    local stamp=$home/lib/built newer
    [[ -f $stamp ]] || return 1
    newer=$(find "$root"/pom.xml "$root"/{papa-kernel,circus-protocol,circus-manager,circus-cli,dist}/{pom.xml,src} \
        "$root"/bin "$root"/examples -newer "$stamp" -type f -print -quit 2>/dev/null)
    [[ -z $newer ]]
}

# class_path PATTERN…: the jars of the home that match, in a fixed order (the class-data archive depends on it).
class_path() {
    local pattern jar joined=
    for pattern in "$@"; do
        for jar in "$home"/lib/$pattern; do
            [[ -e $jar ]] || die "cannot start: $jar is missing; the installation under $home is not whole"
            joined+=:$jar
        done
    done
    classes=${joined#:}
}

# What the JVM itself has to say, so that the program can read it: a thread dump is how it answers SIGQUIT. Sets quit, to options of the JVM;
# to none where the folder is another's.
listen_for_quit() {
    local base=/run/circus dumps
    ((EUID == 0)) || base=/tmp/circus-$EUID
    # A folder for this process alone, whose pid stays: the program is woken by whatever changes there, and removes it when it ends.
    dumps=$base/$program-$$.dumps
    quit=()
    if own "$base" && own "$dumps"; then
        quit=(-XX:+UnlockDiagnosticVMOptions -XX:+LogVMOutput -XX:-DisplayVMOutput "-XX:LogFile=$dumps/circus-%p.vm" "-Dcircus.dumps=$dumps")
    fi
}

own() {
    [[ -d $1 ]] || mkdir -m 700 -- "$1" 2> /dev/null || return
    [[ -O $1 && ! -L $1 && -w $1 ]]
}

# run TITLE MAIN-CLASS JVM-OPTION… -- ARGUMENT…: becomes the JVM.
run() {
    local title=$1 main=$2 archive
    shift 2
    local options=("-XX:+Use${collector:-Serial}GC" -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xshare:auto)
    # The one that Java has on Linux. Where it is not named, it is looked for in all jars first, which takes a short command a tenth of its time.
    options+=(-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider)
    while [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    shift
    ((java_major < 22)) || options+=(--enable-native-access=ALL-UNNAMED)
    ((java_major < 23)) || options+=(--sun-misc-unsafe-memory-access=allow)
    archive=$home/lib/archives/$title-$java_major.jsa
    [[ ! -f $archive ]] || options+=("-XX:SharedArchiveFile=$archive" -Xlog:cds=off -Xlog:cds+dynamic=off)
    local extra=${CIRCUS_JAVA_OPTS:-}
    [[ $title != papa ]] || extra=${PAPA_JAVA_OPTS:-}
    # Words of the user's own: split at blanks on purpose.
    # shellcheck disable=SC2206
    options+=($extra)
    local words=("$java" "${options[@]}" "-Dcircus.home=$home" -cp "$classes" "$main" "$@")
    # Before the JVM starts, so that all its threads have them blocked. An env older than coreutils 8.31 cannot; the program then
    # does it itself. The second shell is there for the title alone; it keeps all blocked but CHLD.
    if [[ -n ${blocked:-} ]] && env "--block-signal=$blocked" >/dev/null 2>&1; then
        exec env "--block-signal=$blocked" "$BASH" -c 'exec -a "$0" "$@"' "$title" "${words[@]}"
    fi
    # A JVM never hears of a signal that is ignored when it starts, as INT is by what a script starts in its background, and HUP by nohup.
    if [[ -n ${heard:-} && $(trap -p $heard) == *"''"* ]] && env --default-signal true >/dev/null 2>&1; then
        exec env "--default-signal=${heard// /,}" "$BASH" -c 'exec -a "$0" "$@"' "$title" "${words[@]}"
    fi
    exec -a "$title" "${words[@]}"
}

find_places "$launcher"
find_home
