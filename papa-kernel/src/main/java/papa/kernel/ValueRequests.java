package papa.kernel;

import java.util.List;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.wire.Words;

/** What requests do with values. Error texts are papa's (contract/papa-kernel.md, section 2.1). Loop thread only. */
final class ValueRequests {
    private final Kernel kernel;

    ValueRequests(Kernel kernel) {
        this.kernel = kernel;
    }

    String list(Session session, List<String> patterns) throws Refusal {
        Patterns wanted = new Patterns(patterns);
        return Requests.lines(kernel.values.all().entrySet().stream()
                .filter(each -> wanted.matches(each.getKey()))
                .map(each -> session.isExtended()
                        ? Words.quote(each.getKey()) + " " + Words.quote(each.getValue())
                        : each.getKey() + " " + each.getValue()));
    }

    String remove(Session session, List<String> patterns) throws Refusal {
        if (patterns.isEmpty() || patterns.equals(List.of("*"))) {
            throw new Refusal("You cannot remove all variables");
        }
        Patterns wanted = new Patterns(patterns);
        List<String> names =
                kernel.values.all().keySet().stream().filter(wanted::matches).toList();
        for (String name : names) {
            kernel.leases.demand(session, "remove", name);
        }
        for (String name : names) {
            kernel.values.set(name, null);
            kernel.copies.commit(List.of("unset", name));
        }
        return "";
    }

    String set(Session session, List<String> words) throws Refusal {
        if (words.isEmpty() || words.get(0).equals("*")) {
            throw new Refusal("Value requires a name");
        }
        kernel.leases.demand(session, "set", words.get(0));
        String value = String.join(" ", words.subList(1, words.size()));
        kernel.values.set(words.get(0), words.size() > 1 ? value : null);
        kernel.copies.commit(words.size() > 1 ? List.of("set", words.get(0), value) : List.of("unset", words.get(0)));
        return "";
    }

    String get(List<String> words) throws Refusal {
        if (words.isEmpty() || words.get(0).equals("*")) {
            throw new Refusal("Value requires a name");
        }
        String value = kernel.values.get(words.get(0));
        return value == null ? "" : value;
    }
}
