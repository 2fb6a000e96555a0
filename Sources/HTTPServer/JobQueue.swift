/// Jobs that are ready, first come, first served: a ring that grows, and keeps what it grew to.
///
/// It belongs to its loop's thread.
final class JobQueue {
    private var jobs: UnsafeMutablePointer<UnownedJob>
    private var capacity = 64
    private var first = 0
    private(set) var count = 0

    init() { jobs = .allocate(capacity: capacity) }

    deinit { jobs.deallocate() }

    func append(_ job: UnownedJob) {
        if count == capacity { grow() }
        (jobs + (first + count) & (capacity - 1)).initialize(to: job)
        count += 1
    }

    func popFirst() -> UnownedJob? {
        guard count > 0 else { return nil }
        let job = jobs[first]
        first = (first + 1) & (capacity - 1)
        count -= 1
        return job
    }

    private func grow() {
        let larger = UnsafeMutablePointer<UnownedJob>.allocate(capacity: 2 * capacity)
        for index in 0..<count {
            (larger + index).initialize(to: jobs[(first + index) & (capacity - 1)])
        }
        jobs.deallocate()
        (jobs, capacity, first) = (larger, 2 * capacity, 0)
    }
}
