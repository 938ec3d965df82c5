package papa.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of a loop, the earliest at hand. One that is called off goes at once: there are never more than are waited for, however
 * often they are set and called off. A binary heap in which each knows its place. Loop thread only.
 */
final class Timers {
    private EventLoop.@Nullable Timer[] heap = new EventLoop.Timer[256];
    private int size;

    int size() {
        return size;
    }

    /** The earliest; null if there is none. */
    EventLoop.@Nullable Timer first() {
        return heap[0];
    }

    /** One that is not here. */
    void add(EventLoop.Timer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        rise(size++, timer);
    }

    /** Does nothing if it is not here. */
    void remove(EventLoop.Timer timer) {
        int place = timer.place;
        if (place < 0) {
            return;
        }
        timer.place = EventLoop.Timer.NOWHERE;
        EventLoop.Timer last = heap[--size];
        heap[size] = null;
        if (last == null || last == timer) {
            return;
        }
        if (place > 0 && last.isBefore(at(parent(place)))) {
            rise(place, last);
        } else {
            sink(place, last);
        }
    }

    private EventLoop.Timer at(int place) {
        EventLoop.Timer there = heap[place];
        if (there == null) {
            throw new IllegalStateException("nothing is at " + place + " of " + size);
        }
        return there;
    }

    private static int parent(int place) {
        return (place - 1) >>> 1;
    }

    private void put(int place, EventLoop.Timer timer) {
        heap[place] = timer;
        timer.place = place;
    }

    /** Puts it at a free place or above, where it belongs. */
    private void rise(int from, EventLoop.Timer timer) {
        int place = from;
        while (place > 0 && timer.isBefore(at(parent(place)))) {
            put(place, at(parent(place)));
            place = parent(place);
        }
        put(place, timer);
    }

    /** Puts it at a free place or below. */
    private void sink(int from, EventLoop.Timer timer) {
        int place = from;
        int child = 2 * place + 1;
        while (child < size) {
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            if (!at(child).isBefore(timer)) {
                break;
            }
            put(place, at(child));
            place = child;
            child = 2 * place + 1;
        }
        put(place, timer);
    }
}
