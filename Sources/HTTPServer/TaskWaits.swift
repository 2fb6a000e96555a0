/// Ends what a task waits for when it is cancelled: one handler for all its waits.
///
/// A handler of cancellation a wait costs a record in the task, and two looks whether the task is on its executor.
/// `@unchecked`: it is touched on its loop's thread alone.
final class TaskWaits: @unchecked Sendable {
    private let loop: EventLoop
    private let task: UnsafeCurrentTask
    private(set) var isCancelled = false
    /// What the task waits for now.
    var channel: (id: ChannelID, direction: Channel.Direction)?

    /// - Parameter task: The calling task. It is compared, and nothing else: it may be gone by then.
    init(_ task: UnsafeCurrentTask, on loop: EventLoop) {
        self.task = task
        self.loop = loop
    }

    /// Whether they are those of the calling task.
    var areOfCurrentTask: Bool {
        withUnsafeCurrentTask { current in
            if let current { current == task } else { false }
        }
    }

    func cancel() {
        isCancelled = true
        if let channel { loop.channel(channel.id)?.cancelWait(channel.direction) }
    }
}

extension EventLoop {
    /// Calls `body`, whose waits for channels end when its task is cancelled. Must be called on the loop, by a task.
    func withWaits(_ body: () async -> Void) async {
        guard let task = withUnsafeCurrentTask(body: { $0 }) else { return await body() }
        let waits = TaskWaits(task, on: self)
        latestWaits = waits
        allWaits[task] = waits
        await withTaskCancellationHandler {
            await body()
        } onCancel: {
            perform { waits.cancel() }
        }
        if latestWaits === waits { latestWaits = nil }
        allWaits[task] = nil
    }

    /// The calling task's, where it has any. Must be called on the loop.
    func waitsOfCurrentTask() -> TaskWaits? {
        // Mostly the task that waited last is the one that runs.
        if let waits = latestWaits, waits.areOfCurrentTask { return waits }
        guard let task = withUnsafeCurrentTask(body: { $0 }) else { return nil }
        return allWaits[task]
    }
}
