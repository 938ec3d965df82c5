package papa.kernel;

import org.junit.jupiter.api.AfterEach;

/** A kernel that another one takes the place of, again and again, while a test talks to it. */
abstract class HandedOverKernel {
    RunningKernel kernel = new RunningKernel();

    HandedOverKernel() throws Exception {}

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** Another one goes on in the middle of whatever this one does; first it is seen that all of it can be told. */
    void handOver() throws Exception {
        kernel = kernel.handOver();
    }

    void handOverTheSame() throws Exception {
        kernel.stateOfAnother();
        handOver();
    }
}
