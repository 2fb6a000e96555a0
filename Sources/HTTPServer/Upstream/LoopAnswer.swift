/// One value that a task of a loop waits for, and that comes once.
///
/// `@unchecked`: it is touched on its loop's thread alone.
final class LoopAnswer<Value: Sendable>: @unchecked Sendable {
    private let loop: EventLoop
    private var value: Value?
    private var isOver = false
    private var waiter: UnsafeContinuation<Value?, Never>?

    init(_ loop: EventLoop) { self.loop = loop }

    /// What comes later than the first time is dropped.
    func give(_ value: Value) {
        guard !isOver, self.value == nil else { return }
        self.value = value
        resume()
    }

    /// Waits; nil where the time is over, or the task was cancelled.
    func wait(until deadline: UInt64) async -> Value? {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: UnsafeContinuation<Value?, Never>) in
                self.waiter = waiter
                if Task.isCancelled { isOver = true }
                if value != nil || isOver { return resume() }
                let now = loop.now()
                if deadline <= now { return end() }
                guard deadline != .max else { return }
                loop.schedule(after: .nanoseconds(Int64(clamping: deadline - now))) { self.end() }
            }
        } onCancel: {
            loop.perform { self.end() }
        }
    }

    private func end() {
        isOver = true
        resume()
    }

    private func resume() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume(returning: value)
    }
}
