import Glibc

/// The signals of a program that serves: SIGHUP to read again, SIGTERM and Ctrl-C to end, a second one to end at once.
enum GatewaySignals {
    private final class Reader: Sendable {
        let end: Int32
        let reload: @Sendable () -> Void
        let finish: @Sendable () -> Void

        init(end: Int32, reload: @escaping @Sendable () -> Void, finish: @escaping @Sendable () -> Void) {
            self.end = end
            self.reload = reload
            self.finish = finish
        }

        func run() {
            var number: UInt8 = 0
            while true {
                let count = Glibc.read(end, &number, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { return }
                if Int32(number) == SIGHUP { reload() } else { return finish() }
            }
        }
    }

    /// Returns when the program is to end; `reload` is called on a thread of its own, once a SIGHUP.
    static func wait(reload: @escaping @Sendable () -> Void) async {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return }
        signalPipe = ends[1]
        let readEnd = ends[0]
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let reader = Reader(end: readEnd, reload: reload, finish: { continuation.resume() })
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { raw in
                    guard let raw else { return nil }
                    Unmanaged<Reader>.fromOpaque(raw).takeRetainedValue().run()
                    return nil
                }, Unmanaged.passRetained(reader).toOpaque())
            guard code == 0 else { return continuation.resume() }
            pthread_detach(thread)
            for number in [SIGHUP, SIGTERM, SIGINT] { signal(number, handleSignal) }
        }
    }
}

// Written before the handlers are set; a handler only reads it.
private nonisolated(unsafe) var signalPipe: Int32 = -1

private func handleSignal(_ number: Int32) {
    // Only what is safe in a signal handler: one write; the next signal that ends is fatal.
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe, &byte, 1)
    if number != SIGHUP {
        signal(SIGTERM, SIG_DFL)
        signal(SIGINT, SIG_DFL)
    }
}
