package circus.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** Which package may use which (docs/architecture.md): arrows only as drawn there, and one door for each library. */
@AnalyzeClasses(
        packages = {"papa", "circus"},
        importOptions = {DoNotIncludeTests.class})
final class LayersTest {
    private static final String[] FOREIGN = {
        "com.fasterxml..",
        "org.zeromq..",
        "zmq..",
        "org.ini4j..",
        "oshi..",
        "jnr..",
        "com.kenai..",
        "com.neilalexander.."
    };

    /** The packages of the kernel's own process, without what the client shares with it. */
    private static final String[] KERNEL = {
        "papa.posix..",
        "papa.loop..",
        "papa.state..",
        "papa.request..",
        "papa.socket..",
        "papa.cgroup..",
        "papa.launch..",
        "papa.door..",
        "papa.service..",
        "papa.process..",
        "papa.descent..",
        "papa.init..",
        "papa.upgrade..",
        "papa.legacy..",
        "papa.kernel.."
    };

    @ArchTest
    static final ArchRule the_kernel_knows_nothing_of_circus_and_of_no_library_but_jnr = noClasses()
            .that()
            .resideInAPackage("papa..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("circus..", "com.fasterxml..", "org.zeromq..", "zmq..", "org.ini4j..", "oshi..");

    @ArchTest
    static final ArchRule the_wire_stands_on_nothing = noClasses()
            .that()
            .resideInAPackage("papa.wire")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KERNEL)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("papa.client", "jnr..");

    @ArchTest
    static final ArchRule the_client_of_the_kernel_needs_no_native_code = noClasses()
            .that()
            .resideInAPackage("papa.client")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KERNEL)
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("jnr..");

    @ArchTest
    static final ArchRule the_kernel_does_not_use_its_own_client = noClasses()
            .that()
            .resideInAnyPackage(KERNEL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("papa.client");

    /** Each names all that it may use; nothing above it. */
    @ArchTest
    static final ArchRule the_rooms_of_the_kernel = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("papa..")
            .layer("wire")
            .definedBy("papa.wire..")
            .layer("client")
            .definedBy("papa.client..")
            .layer("tool")
            .definedBy("papa.tool..")
            .layer("passing")
            .definedBy("papa.passing..")
            .layer("posix")
            .definedBy("papa.posix..")
            .layer("loop")
            .definedBy("papa.loop..")
            .layer("state")
            .definedBy("papa.state..")
            .layer("request")
            .definedBy("papa.request..")
            .layer("socket")
            .definedBy("papa.socket..")
            .layer("cgroup")
            .definedBy("papa.cgroup..")
            .layer("launch")
            .definedBy("papa.launch..")
            .layer("door")
            .definedBy("papa.door..")
            .layer("service")
            .definedBy("papa.service..")
            .layer("process")
            .definedBy("papa.process..")
            .layer("descent")
            .definedBy("papa.descent..")
            .layer("legacy")
            .definedBy("papa.legacy..")
            .layer("upgrade")
            .definedBy("papa.upgrade..")
            .layer("init")
            .definedBy("papa.init..")
            .layer("kernel")
            .definedBy("papa.kernel..")
            .whereLayer("loop")
            .mayOnlyAccessLayers("posix", "wire")
            .whereLayer("state")
            .mayOnlyAccessLayers("posix", "wire")
            .whereLayer("request")
            .mayOnlyAccessLayers("wire")
            .whereLayer("socket")
            .mayOnlyAccessLayers("state", "request", "loop", "posix", "wire")
            .whereLayer("cgroup")
            .mayOnlyAccessLayers("state", "request", "loop", "posix", "wire")
            .whereLayer("door")
            .mayOnlyAccessLayers("state", "request", "loop", "posix", "wire")
            .whereLayer("service")
            .mayOnlyAccessLayers("socket", "state", "request", "loop", "posix", "wire")
            .whereLayer("launch")
            .mayOnlyAccessLayers("cgroup", "socket", "state", "request", "loop", "posix", "wire")
            .whereLayer("process")
            .mayOnlyAccessLayers("launch", "cgroup", "state", "request", "loop", "posix", "wire")
            .whereLayer("descent")
            .mayOnlyAccessLayers("process", "launch", "cgroup", "state", "loop", "posix", "wire")
            .whereLayer("legacy")
            .mayOnlyAccessLayers("passing", "process", "state", "loop", "posix", "wire")
            .whereLayer("upgrade")
            .mayOnlyAccessLayers("state", "request", "loop", "posix", "wire")
            .whereLayer("passing")
            .mayOnlyAccessLayers("posix")
            .whereLayer("tool")
            .mayOnlyAccessLayers("wire")
            .whereLayer("init")
            .mayOnlyAccessLayers("descent", "process", "launch", "state", "request", "loop", "posix", "wire")
            .whereLayer("kernel")
            .mayNotBeAccessedByAnyLayer()
            .ensureAllClassesAreContainedInArchitectureIgnoring("circus..");

    @ArchTest
    static final ArchRule native_calls_have_one_door = noClasses()
            .that()
            .resideOutsideOfPackage("papa.posix")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai..");

    @ArchTest
    static final ArchRule the_protocol_knows_neither_kernel_nor_daemon_nor_tool = noClasses()
            .that()
            .resideInAnyPackage(
                    "circus.message",
                    "circus.options",
                    "circus.command..",
                    "circus.client",
                    "circus.hook",
                    "circus.stream",
                    "circus.plugin",
                    "circus.curve")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("papa..", "circus.manager..", "circus.cli..", "circus.top..");

    /** They are written as anybody's are. */
    @ArchTest
    static final ArchRule the_plugins_stand_on_the_protocol_alone = noClasses()
            .that()
            .resideInAPackage("circus.plugins")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("papa..", "circus.manager..", "circus.client..")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(FOREIGN);

    /** What programs are written against does not change with what lies below. */
    @ArchTest
    static final ArchRule the_library_has_one_door_to_the_manager = noClasses()
            .that()
            .resideInAPackage("circus.library")
            .should()
            .dependOnClassesThat(resideInAnyPackage("circus.manager..", "papa..")
                    .and(not(nameMatching("circus\\.manager\\.Embedded(\\$.*)?"))));

    @ArchTest
    static final ArchRule the_manager_sees_the_kernel_only_through_client_and_wire = noClasses()
            .that()
            .resideInAPackage("circus..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KERNEL);

    @ArchTest
    static final ArchRule the_tool_stands_on_the_protocol_alone = noClasses()
            .that()
            .resideInAPackage("circus.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("circus.manager..", "papa..")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(FOREIGN);

    @ArchTest
    static final ArchRule circus_top_stands_on_the_protocol_alone = noClasses()
            .that()
            .resideInAPackage("circus.top..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("circus.manager..", "circus.cli..", "papa..")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(FOREIGN);

    /** What is shown is text until {@code Screen} draws it; {@code Cells} only tells how wide letters are. */
    @ArchTest
    static final ArchRule the_terminal_of_circus_top_has_one_door = noClasses()
            .that()
            .resideInAPackage("circus.top..")
            .and()
            .haveNameNotMatching("circus\\.top\\.(Screen|Cells)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jline..");

    @ArchTest
    static final ArchRule json_has_one_door = noClasses()
            .that()
            .haveNameNotMatching("circus\\.message\\.Json(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule boxes_have_one_door = noClasses()
            .that()
            .haveNameNotMatching("circus\\.curve\\.CurveBox(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.neilalexander..");

    @ArchTest
    static final ArchRule ini_files_have_one_door = noClasses()
            .that()
            .haveNameNotMatching("circus\\.manager\\.config\\.IniFile(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.ini4j..");

    @ArchTest
    static final ArchRule oshi_has_one_door = noClasses()
            .that()
            .haveNameNotMatching("circus\\.manager\\.stats\\.Machine(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("oshi..");

    /** It is big, and the verbs of circusctl are to start fast. */
    @ArchTest
    static final ArchRule the_terminal_has_one_door_to_circusctl = noClasses()
            .that()
            .resideOutsideOfPackages("circus.top..", "circus.terminal..")
            .and()
            .haveNameNotMatching("circus\\.cli\\.Conversation(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jline..");

    @ArchTest
    static final ArchRule zeromq_has_one_door = noClasses()
            .that()
            .resideOutsideOfPackages("circus.manager", "circus.manager.control")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.zeromq..", "zmq..");

    /**
     * JeroMQ's own {@code ipc://} is a TCP port that anybody may use, and its {@code tcp://} does not tell who connects. Our classes in its
     * package, {@code zmq.Adoption} and its helpers, are there since a connection cannot be given to it, or taken from it, from outside.
     */
    @ArchTest
    static final ArchRule jeromq_opens_no_connections_itself = noClasses()
            .should()
            .callMethod("org.zeromq.ZMQ$Socket", "bind", "java.lang.String")
            .orShould()
            .callMethod("org.zeromq.ZMQ$Socket", "connect", "java.lang.String");

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching("(circus.manager.*)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_kernels_packages_have_no_cycles =
            slices().matching("(papa.*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothing_sleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class);

    @ArchTest
    static final ArchRule watchers_get_the_time_from_their_clock = noClasses()
            .that()
            .resideInAPackage("circus.manager.watcher")
            .and()
            .haveNameNotMatching(".*\\.Clock(\\$.*)?")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");
}
