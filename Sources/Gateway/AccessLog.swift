import Glibc
import HTTPServer
import Notation
import Rollout
import Synchronization

/// One JSON line a request, written by a thread of its own; what the disk cannot take is dropped and counted.
public final class AccessLog: Sendable {
    private let share: Share
    private let descriptor: Int32
    private let lines = Mutex<[UInt8]>([])
    private let isOver = Atomic<Bool>(false)
    let dropped = Tally()
    /// What may wait for the disk.
    private static let most = 4 << 20

    /// - Parameters:
    ///   - descriptor: Where the lines go; it stays the caller's.
    ///   - share: Of the requests, dealt one by one; failures are always written.
    public init(descriptor: Int32, share: Share = .all) {
        self.descriptor = descriptor
        self.share = share
    }

    func write(_ passage: Passage) {
        let isFailure = passage.status >= 500 || passage.end != .whole
        if share < .all, !isFailure {
            // The low bits of the time in nanoseconds are as good as dealt.
            guard Split.place(passage.began &* 0x9E37_79B9_7F4A_7C15) < share.hundredths else { return }
        }
        let line = Self.line(passage)
        let isKept = lines.withLock { lines -> Bool in
            guard lines.count + line.count <= Self.most else { return false }
            lines += line
            return true
        }
        if !isKept { dropped.add() }
    }

    private static func line(_ passage: Passage) -> [UInt8] {
        var object = JSONObject()
        let took = GatewayClock.monotonic() &- passage.began
        object["at"] = .number(Double(GatewayClock.wall()) / 1e6)
        object["method"] = .string(passage.head.method)
        // Without its query, which may hold what must not be kept.
        object["path"] = .string(String(GatewayHandler.path(passage.head.target)))
        object["status"] = .integer(Int64(passage.status))
        object["arm"] = .string(passage.served.rawValue)
        object["assigned"] = .string(passage.decision.arm.rawValue)
        object["milliseconds"] = .number(GatewayClock.milliseconds(took))
        object["plan"] = .integer(Int64(passage.active.plan.number))
        if let key = passage.decision.key { object["key"] = .string(String(key, radix: 16)) }
        if passage.fellBack { object["fell_back"] = true }
        if passage.decision.isChosen { object["chosen"] = true }
        if passage.end != .whole { object["end"] = .string(passage.end.rawValue) }
        return JSONValue.object(object).bytes() + [10]
    }

    func start() -> Bool {
        GatewayThread.start {
            while !self.isOver.load(ordering: .acquiring) {
                self.flush()
                GatewayThread.pause(milliseconds: 50)
            }
        }
    }

    /// Writes what waits still.
    func stop() {
        isOver.store(true, ordering: .releasing)
        flush()
    }

    /// Blocks as long as the disk does.
    private func flush() {
        let taken = lines.withLock { lines -> [UInt8] in
            guard !lines.isEmpty else { return [] }
            let taken = lines
            lines = []
            return taken
        }
        guard !taken.isEmpty else { return }
        taken.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    dropped.add()
                    return
                }
                done += count
            }
        }
    }
}
