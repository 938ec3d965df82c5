package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.hook.HookAnswer;
import circus.manager.hook.HookFacts;
import circus.manager.hook.HookPort;
import circus.manager.hook.HookTask;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Hooks in memory: what is asked is written down, and answered in the next {@link #turn}, or when a test says so. */
public final class FakeHooks implements HookPort {
    private record Question(HookTask task, Consumer<HookAnswer> answer) {}

    private final List<Question> open = new ArrayList<>();
    private final Map<HookPoint, Function<HookTask, HookAnswer>> answers = new EnumMap<>(HookPoint.class);

    /** They do not answer by themselves. */
    public final Set<HookPoint> silent = EnumSet.noneOf(HookPoint.class);

    /** What was called: {@code before_signal 1001 15}. */
    public final List<String> calls = new ArrayList<>();

    @Override
    public void run(HookTask task, Consumer<HookAnswer> answer) {
        calls.add(brief(task));
        open.add(new Question(task, answer));
    }

    private static String brief(HookTask task) {
        StringBuilder brief = new StringBuilder(task.point().word());
        HookFacts facts = task.facts();
        for (Integer fact : new Integer[] {facts.pid(), facts.signum(), facts.exitCode()}) {
            if (fact != null) {
                brief.append(' ').append(fact);
            }
        }
        return brief.toString();
    }

    /** From now on this one returns that. */
    public void returns(HookPoint point, boolean result) {
        answers.put(point, task -> HookAnswer.of(result));
    }

    /** From now on this one fails. */
    public void fails(HookPoint point) {
        answers.put(point, task -> HookAnswer.failed("boom"));
    }

    public void answers(HookPoint point, Function<HookTask, HookAnswer> answer) {
        answers.put(point, answer);
    }

    /** Answers everything that is not silent. */
    public boolean turn() {
        boolean any = false;
        for (Question question : List.copyOf(open)) {
            if (!silent.contains(question.task.point()) && open.remove(question)) {
                any = true;
                answer(question);
            }
        }
        return any;
    }

    /** The oldest question to a silent one is answered. */
    public void answerOne(HookPoint point) {
        for (Iterator<Question> each = open.iterator(); each.hasNext(); ) {
            Question question = each.next();
            if (question.task.point() == point) {
                each.remove();
                answer(question);
                return;
            }
        }
        throw new AssertionError("nobody has asked " + point);
    }

    private void answer(Question question) {
        question.answer.accept(answers.getOrDefault(question.task.point(), task -> HookAnswer.of(true))
                .apply(question.task));
    }

    /** What is asked right now. */
    public List<String> open() {
        return open.stream().map(question -> brief(question.task)).toList();
    }

    /** The manager has died: nobody waits for an answer. */
    public void forget() {
        open.clear();
        calls.clear();
    }
}
