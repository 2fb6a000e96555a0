import Glibc
import HTTPServer
import Notation
import Rollout
import Synchronization

/// One JSON line a request, written by a thread of its own; what the disk cannot take is dropped and counted.
public final class AccessLog: Sendable {
    private let share: Share
    private let sink: Mutex<Sink>
    private let isToReopen = Atomic<Bool>(false)
    private let lines = Mutex<[UInt8]>([])
    private let isOver = Atomic<Bool>(false)
    let dropped = Tally()
    /// What may wait for the disk.
    private static let most = 4 << 20

    /// Where the lines go; a file is opened anew where it was moved away.
    private struct Sink: Sendable {
        var descriptor: Int32
        /// nil for what is no file of this log's.
        let path: String?
        /// What lay at the path when it was opened.
        var inode: UInt?

        mutating func reopen() {
            guard let path else { return }
            let opened = AccessLog.open(path)
            // What cannot be opened anew is written as before: lines that were moved away are not lost.
            guard opened >= 0 else { return }
            close(descriptor)
            (descriptor, inode) = (opened, PlanFile.inode(of: path))
        }
    }

    /// Why a file takes no lines.
    public struct Unwritable: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Parameters:
    ///   - descriptor: Where the lines go; it stays the caller's.
    ///   - share: Of the requests, dealt one by one; failures are always written.
    public init(descriptor: Int32, share: Share = .all) {
        self.share = share
        sink = Mutex(Sink(descriptor: descriptor, path: nil))
    }

    /// Appends to a file, which is opened anew after ``reopen()``, and where it no longer lies at its path.
    public init(path: String, share: Share = .all) throws(Unwritable) {
        let descriptor = Self.open(path)
        guard descriptor >= 0 else {
            throw Unwritable(description: "'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
        self.share = share
        sink = Mutex(Sink(descriptor: descriptor, path: path, inode: PlanFile.inode(of: path)))
    }

    deinit { sink.withLock { if $0.path != nil { close($0.descriptor) } } }

    private static func open(_ path: String) -> Int32 {
        Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
    }

    /// Opens the file anew before the next lines, as after a rotation.
    func reopen() { isToReopen.store(true, ordering: .relaxed) }

    func write(_ passage: Passage) {
        let isFailure = passage.status >= 500 || passage.end != .whole
        if share < .all, !isFailure {
            // The low bits of the time in nanoseconds are as good as dealt.
            guard Split.place(passage.began &* 0x9E37_79B9_7F4A_7C15) < share.hundredths else { return }
        }
        write(Self.line(passage))
    }

    /// A request that the gateway refused before it went anywhere.
    func write(refusal reason: String, status: Int, _ head: HTTPRequestHead?) {
        var object = JSONObject()
        object["at"] = .number(Double(GatewayClock.wall()) / 1e6)
        if let head {
            object["method"] = .string(head.method)
            object["path"] = .string(String(GatewayHandler.path(head.target)))
        }
        object["status"] = .integer(Int64(status))
        object["arm"] = "gateway"
        object["end"] = "refused"
        object["reason"] = .string(reason)
        if let head, let id = Self.id(head) { object["id"] = .string(id) }
        write(JSONValue.object(object).bytes() + [10])
    }

    private func write(_ line: [UInt8]) {
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
        if let key = passage.decision.key { object["key"] = .string(hex(key)) }
        if let id = passage.record?.answerID ?? id(passage.head) { object["id"] = .string(id) }
        if passage.fellBack { object["fell_back"] = true }
        if passage.decision.isChosen { object["chosen"] = true }
        if passage.end != .whole { object["end"] = .string(passage.end.rawValue) }
        return JSONValue.object(object).bytes() + [10]
    }

    /// The id that the client gave its request, where it is one.
    private static func id(_ head: HTTPRequestHead) -> String? {
        guard let id = head.headers["X-Request-ID"], 1...128 ~= id.utf8.count,
            id.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else { return nil }
        return id
    }

    private static func hex(_ key: UInt64) -> String {
        let digits = String(key, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
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
        let isAsked = isToReopen.exchange(false, ordering: .relaxed)
        guard isAsked || !taken.isEmpty else { return }
        sink.withLock { sink in
            if isAsked || sink.path.map({ PlanFile.inode(of: $0) != sink.inode }) ?? false { sink.reopen() }
            append(taken, to: sink.descriptor)
        }
    }

    private func append(_ lines: [UInt8], to descriptor: Int32) {
        lines.withUnsafeBytes { bytes in
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
