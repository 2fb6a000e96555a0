/// Deadlines in the order in which they pass: a binary heap on the loop's monotonic nanoseconds.
///
/// Nothing is ever taken out but the earliest entry: who no longer waits is known by its key to the caller,
/// which drops the entry when it comes up. Insertion and removal are O(log n).
struct TimerQueue {
    struct Entry {
        let deadline: UInt64
        let key: UInt64
    }

    private var heap: [Entry] = []

    var next: UInt64? { heap.first?.deadline }
    var count: Int { heap.count }

    mutating func insert(_ key: UInt64, at deadline: UInt64) {
        heap.append(Entry(deadline: deadline, key: key))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent].deadline <= heap[child].deadline { break }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    /// The earliest key whose deadline is at or before `now`, removed; nil where none has passed.
    mutating func pop(at now: UInt64) -> UInt64? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first.key
    }

    private mutating func sink() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let least = right < heap.count && heap[right].deadline < heap[left].deadline ? right : left
            if heap[parent].deadline <= heap[least].deadline { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
