import Domain
import Foundation
import Synchronization
import Testing
import Traffic

/// What the death of the process and the end of the disk do, with real processes.
@Suite(.serialized) struct ProcessTests {
    /// What a process printed, line by line, as it came.
    private final class Output: Sendable {
        let lines = Mutex<[String]>([])
        let rest = Mutex<String>("")

        func take(_ data: Data) {
            let text = rest.withLock { $0 + String(decoding: data, as: UTF8.self) }
            var parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let last = parts.removeLast()
            rest.withLock { $0 = last }
            let whole = parts
            lines.withLock { $0 += whole }
        }
    }

    private func run(_ arguments: [String], killedAfter delay: UInt32?) throws -> [String] {
        let process = Process()
        let directory = try #require(CommandLine.arguments.first.map { URL(fileURLWithPath: $0) })
        var place = directory.deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: place.appendingPathComponent("traffic-writer").path) {
            guard place.path != "/" else { break }
            place = place.deletingLastPathComponent()
        }
        process.executableURL = place.appendingPathComponent("traffic-writer")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        let output = Output()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil } else { output.take(data) }
        }
        try process.run()
        if let delay {
            while process.isRunning, !output.lines.withLock({ $0.contains("started") }) { usleep(2000) }
            usleep(delay)
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
        usleep(30_000)
        return output.lines.withLock { $0 }
    }

    @Test func twentyKillsUnderLoadLoseNothingAcknowledged() throws {
        let folder = try Folder()
        var spooledBefore = 0
        var feedback: Set<String> = []
        var torn = 0
        for kill in 0..<20 {
            let lines = try run(["load", folder.path], killedAfter: UInt32(5000 + kill * 7000))
            let spooled = lines.compactMap { $0.hasPrefix("spooled ") ? Int($0.dropFirst(8)) : nil }.last ?? 0
            let said = lines.compactMap { $0.hasPrefix("feedback ") ? String($0.dropFirst(9)) : nil }
            torn += lines.count { $0.hasPrefix("notice ") && $0.contains("torn") }
            var read = 0
            var ids: Set<String> = []
            var others: [TrafficReader.Problem] = []
            let summary = try TrafficReader([folder.path]).read(
                each: { exchange in
                    read += 1
                    if !exchange.feedback.isEmpty { ids.insert(exchange.id) }
                }, problem: { if !$0.isTorn { others.append($0) } })
            // Nothing that was acknowledged is missing, nothing is damaged but a torn end.
            #expect(read - spooledBefore >= spooled, "kill \(kill)")
            #expect(others.isEmpty)
            #expect(summary.problems <= 1)
            feedback.formUnion(said)
            #expect(feedback.isSubset(of: ids))
            spooledBefore = read
        }
        #expect(spooledBefore > 1000 && feedback.count > 20)
    }

    @Test func aFullDiskDropsCaptureSaysSoAndRecovers() throws {
        let folder = try Folder()
        let lines = try run(["full", folder.path, "40000"], killedAfter: nil)
        #expect(lines.contains { $0.hasPrefix("notice ") && $0.contains("File too large") })
        #expect(lines.contains("full spooling false unwritten true feedback false"))
        #expect(lines.contains("notice the spool takes exchanges again"))
        #expect(lines.contains("free spooling true feedback true"))
        let counts = try #require(lines.last { $0.hasPrefix("counts ") }).split(separator: " ").compactMap {
            Int($0)
        }
        #expect(counts.count == 4 && counts[0] == 400 && counts[1] + counts[2] == 400 && counts[3] == 0)
        // What was counted as written is there, whole.
        var problems = 0
        var read = 0
        _ = try TrafficReader([folder.path]).read(each: { _ in read += 1 }, problem: { _ in problems += 1 })
        #expect(read == counts[1] && problems == 0)
    }
}
