import Domain
import Glibc
import Interchange
import Synchronization

/// Where the counts of each second go: a line of JSON, appended. The file is opened anew each time, so that it may be
/// moved away; what cannot be written is lost, and said once.
final class StatisticsFile: Sendable {
    private let path: String
    private let say: @Sendable (String) -> Void
    private let isInTrouble = Mutex(false)

    init(_ path: String, say: @escaping @Sendable (String) -> Void) {
        self.path = path
        self.say = say
    }

    /// A second in which nothing came is left out.
    func write(_ second: LiveSecond) {
        guard !second.counts.isEmpty || second.lost > 0 else { return }
        let isWritten = append(LiveSecondCodec.encode(second) + [10])
        let reason = isWritten ? "" : String(cString: strerror(errno))
        let wasInTrouble = isInTrouble.withLock { state in
            defer { state = !isWritten }
            return state
        }
        if !isWritten, !wasInTrouble { say("'\(path)' cannot be written, counts are lost: \(reason)") }
        if isWritten, wasInTrouble { say("'\(path)' is written again") }
    }

    private func append(_ line: [UInt8]) -> Bool {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == line.count
    }
}
