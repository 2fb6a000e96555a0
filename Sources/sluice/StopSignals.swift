import Glibc

/// Turns Ctrl-C and SIGTERM into one call; a second Ctrl-C ends the process at once.
final class StopSignals: Sendable {
    private let writeEnd: Int32

    /// - Parameters:
    ///   - patience: Seconds that a stopped run has for its last words.
    ///   - stop: Called once, on a thread of its own.
    init(patience: UInt32 = 10, _ stop: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            writeEnd = -1
            return
        }
        writeEnd = ends[1]
        let readEnd = ends[0]
        stopPipe = ends[1]
        signal(SIGINT, handleStop)
        signal(SIGTERM, handleStop)
        let box = Box(readEnd: readEnd, patience: patience, stop: stop)
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                let box = Unmanaged<Box>.fromOpaque(raw).takeRetainedValue()
                var byte: UInt8 = 0
                if read(box.readEnd, &byte, 1) == 1, byte == 1 {
                    box.stop()
                    // Once all is asked nothing waits on a task; every answer is on disk.
                    sleep(box.patience)
                    _exit(130)
                }
                close(box.readEnd)
                return nil
            }, Unmanaged.passRetained(box).toOpaque())
        pthread_detach(thread)
    }

    /// Signals do again what they did before.
    func end() {
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        stopPipe = -1
        if writeEnd >= 0 {
            var byte: UInt8 = 0
            _ = write(writeEnd, &byte, 1)
            close(writeEnd)
        }
    }

    private final class Box: Sendable {
        let readEnd: Int32
        let patience: UInt32
        let stop: @Sendable () -> Void

        init(readEnd: Int32, patience: UInt32, stop: @escaping @Sendable () -> Void) {
            self.readEnd = readEnd
            self.patience = patience
            self.stop = stop
        }
    }
}

// Written before the handler is set and after it is unset; the handler only reads it.
private nonisolated(unsafe) var stopPipe: Int32 = -1

private func handleStop(_ number: Int32) {
    // Only what is safe in a signal handler: one write; the next signal is fatal.
    var byte: UInt8 = 1
    _ = write(stopPipe, &byte, 1)
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
}
