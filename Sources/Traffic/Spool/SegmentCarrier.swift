import Domain
import Glibc
import Synchronization

/// Ships closed segments time and again, on a thread of its own: a slow store holds nobody up.
///
/// What the store refuses stays in the spool and is tried again; the spool's bound is what stops it from growing.
public final class SegmentCarrier: Sendable {
    private let shipper: SegmentShipper
    private let seconds: Int
    private let notice: @Sendable (String) -> Void
    private let signal = Signal()
    private let isClosing = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)

    /// - Parameters:
    ///   - seconds: How long it rests between two passages.
    ///   - notice: Told what went wrong, once until it is well again.
    public init(
        _ shipper: SegmentShipper, every seconds: Int = 5,
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.shipper = shipper
        self.seconds = max(1, seconds)
        self.notice = notice
    }

    /// Starts the thread.
    public func start() throws(RecorderProblem) {
        let me = Unmanaged.passRetained(self)
        var id = pthread_t()
        let code = pthread_create(
            &id, nil,
            { raw in
                Unmanaged<SegmentCarrier>.fromOpaque(raw!).takeRetainedValue().run()  // given below
                return nil
            }, me.toOpaque())
        guard code == 0 else {
            me.release()
            throw RecorderProblem(
                "the thread that ships segments cannot be started: \(SpoolFiles.words(code))")
        }
        thread.withLock { $0 = id }
    }

    /// Ships what is closed by now and ends the thread; to be called when the recorder is closed. Blocks its caller.
    public func close() {
        isClosing.store(true, ordering: .releasing)
        signal.give()
        guard let id = thread.withLock({ held in held.take() }) else { return }
        pthread_join(id, nil)
    }

    private func run() {
        var isInTrouble = false
        while true {
            let isLast = isClosing.load(ordering: .acquiring)
            do throws(StoreError) {
                let shipment = try shipper.ship()
                for problem in shipment.problems { notice(problem) }
                if isInTrouble { notice("segments are shipped again") }
                isInTrouble = false
            } catch {
                if !isInTrouble {
                    notice("segments cannot be shipped, and wait in the spool: \(error.description)")
                }
                isInTrouble = true
            }
            if isLast { return }
            signal.take(until: monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000)
        }
    }
}
