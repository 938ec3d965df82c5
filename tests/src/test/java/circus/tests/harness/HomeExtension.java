package circus.tests.harness;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test a {@link Home}; tells the daemons' story when the test fails. The store closes the home. */
public final class HomeExtension implements ParameterResolver, AfterEachCallback {
    private static final Namespace SPACE = Namespace.create(HomeExtension.class);

    /** A home belongs to one test also where the test class takes it in its constructor. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Home.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(SPACE).computeIfAbsent(Home.class, key -> new Home(), Home.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        @Nullable Home home = context.getStore(SPACE).get(Home.class, Home.class);
        if (home == null) {
            return;
        }
        if (context.getExecutionException().isPresent()) {
            Path keep = Path.of(
                    "target",
                    "failed",
                    context.getRequiredTestClass().getSimpleName(),
                    context.getRequiredTestMethod().getName());
            System.err.println(context.getDisplayName() + ": " + home.story(keep.toAbsolutePath()));
        }
    }
}
