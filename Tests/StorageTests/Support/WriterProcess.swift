import Foundation
import Testing

/// A `storage-writer` that was started; what it says comes line by line.
final class WriterProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = Data()

    init(_ arguments: String...) throws {
        // The tests and what they start are built into the same folder.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = (tests as NSString).deletingLastPathComponent
        process.executableURL = URL(fileURLWithPath: folder + "/storage-writer")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// The next line; nil where the process has ended and said all.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[pending.startIndex..<end], as: UTF8.self)
                pending.removeSubrange(pending.startIndex...end)
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            pending.append(more)
        }
    }

    func remainingLines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        return lines
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func endInput() { try? input.fileHandleForWriting.close() }

    var identifier: Int32 { process.processIdentifier }

    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
