import Domain
import Glibc
import Synchronization

/// A subprocess that answers one JSON line for each request line, kept running by a thread of its own.
///
/// The thread owns the process and everything about it; others hand it requests through `inbox` and wake it.
/// Each request is resumed exactly once.
final class CommandLoop: Sendable {
    struct Settings: Sendable {
        /// The file to start; nil: the first argument, as `PATH` has it.
        let program: String?
        let arguments: [String]
        let environment: [String]
        let folder: String
        let concurrency: Int
        let maximumLineBytes: Int
        /// Whether an answer may bear an `id` of the program's own: an app's may, as chat APIs have one. Who is asked
        /// about others' answers may not, since one that prints out of order would score the wrong ones.
        var mayBearOwnIDs = false
        /// Whether an answer without its request's `id` is none.
        var needsIDs = false
        /// Told of each line for a request that was answered already.
        var onRepeat: (@Sendable () -> Void)?
    }

    enum Reply: Sendable {
        /// The answer's line and the milliseconds from its request's last byte to its own.
        case line([UInt8], milliseconds: Double)
        case failed(Failure)
    }

    struct Request: Sendable {
        let token: UInt64
        /// What the answer has to carry as its `id`.
        let id: String
        let line: [UInt8]
        /// Monotonic seconds.
        let deadline: Double
        let continuation: UnsafeContinuation<Reply, Never>
    }

    enum Message: Sendable {
        case ask(Request)
        case cancel(UInt64)
        case stop(UnsafeContinuation<Void, Never>)
    }

    private struct Shared {
        var messages: [Message] = []
        var isRunning = false
        var isStopped = false
    }

    private let settings: Settings
    private let shared = Mutex(Shared())
    private let wakeReading: Int32
    private let wakeWriting: Int32

    init(_ settings: Settings) throws(ChildProcess.Problem) {
        self.settings = settings
        let wake = try Pipe()
        (wakeReading, wakeWriting) = (wake.reading, wake.writing)
        Pipe.unblock(wakeReading)
        Pipe.unblock(wakeWriting)
    }

    deinit {
        close(wakeReading)
        close(wakeWriting)
    }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Asks and waits for the answer, at most until the deadline.
    func ask(_ id: String, _ line: [UInt8], token: UInt64, seconds: Double) async -> Reply {
        let deadline = Self.now() + seconds
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let request = Request(
                    token: token, id: id, line: line, deadline: deadline, continuation: continuation)
                if !post(.ask(request)) { continuation.resume(returning: .failed(Self.stopped)) }
            }
        } onCancel: {
            _ = post(.cancel(token))
        }
    }

    /// Ends the subprocess: its input is closed, then it is asked to end, then its group is killed.
    func stop() async {
        await withUnsafeContinuation { continuation in
            if !post(.stop(continuation)) { continuation.resume() }
        }
    }

    static let stopped = Failure(cause: .cancelled, detail: "the run was stopped before the answer came")

    /// Hands a message to the thread, starting it with the first request; false once it was stopped.
    private func post(_ message: Message) -> Bool {
        let (taken, starts) = shared.withLock { shared -> (Bool, Bool) in
            if shared.isStopped { return (false, false) }
            if case .stop = message, !shared.isRunning {
                shared.isStopped = true
                return (false, false)
            }
            shared.messages.append(message)
            let starts = !shared.isRunning
            shared.isRunning = true
            return (true, starts)
        }
        if starts { startThread() }
        if taken { _ = write(wakeWriting, [1], 1) }
        return taken
    }

    private func startThread() {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { argument in
                let loop = Unmanaged<CommandLoop>.fromOpaque(argument!).takeRetainedValue()
                var runner = CommandRunner(loop.settings, wake: loop.wakeReading)
                runner.run { loop.takeMessages() }
                loop.end()
                return nil
            }, box.toOpaque())
        if result == 0 {
            pthread_detach(thread)
        } else {
            box.release()
            end()
        }
    }

    private func takeMessages() -> [Message] {
        shared.withLock { shared in
            let messages = shared.messages
            shared.messages = []
            return messages
        }
    }

    /// Answers whatever came after the last look at the inbox.
    private func end() {
        let rest = shared.withLock { shared in
            shared.isStopped = true
            let messages = shared.messages
            shared.messages = []
            return messages
        }
        for message in rest {
            switch message {
            case .ask(let request): request.continuation.resume(returning: .failed(Self.stopped))
            case .stop(let continuation): continuation.resume()
            case .cancel: continue
            }
        }
    }
}
