import Domain
import Foundation
import Interchange
import Storage
import Synchronization
import Testing

/// What a program said and how it ended.
struct Outcome: Sendable, CustomTestStringConvertible {
    /// Its exit status; minus the signal's number where a signal ended it.
    let status: Int32
    let out: String
    let err: String

    var testDescription: String { "status \(status)\n--- stdout\n\(out)\n--- stderr\n\(err)" }
}

/// The programs that were built with the tests: they lie in the same folder.
enum Program {
    static let folder: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent
    }()

    static let sluice = folder + "/sluice"
    static let helpdesk = folder + "/helpdesk"
}

/// An empty folder to run programs in; removed when the test is done with it.
final class Workplace: Sendable {
    let folder: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/sluice-test-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // What a test made unreadable can be removed as well.
        chmod(folder + "/.sluice", 0o755)
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let folder = (path(name) as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Every file under the folder, sorted.
    func files() -> [String] {
        var found: [String] = []
        for case let name as String in FileManager.default.enumerator(atPath: folder)
            ?? FileManager.DirectoryEnumerator()
        {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder), !isFolder.boolValue
            {
                found.append(name)
            }
        }
        return found.sorted()
    }

    /// Runs that the store holds.
    func runs() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(".sluice/runs"))) ?? []).sorted()
    }

    /// A run's observations, unpacked: a line each.
    func observations(_ run: String) throws -> [UInt8] {
        var lines: [UInt8] = []
        try DirectoryEvidence(root: path(".sluice")).read(
            run: run, each: { lines += ObservationCodec.encode($0) },
            problem: { Issue.record("\($0.description)") })
        return lines
    }

    /// Files that nobody should leave behind.
    func strays() -> [String] { files().filter { $0.contains(".tmp-") || $0.contains("/scratch/") } }

    func sluice(
        _ arguments: String..., environment: [String: String] = [:], shell: String? = nil
    ) async throws -> Outcome {
        try await start(arguments, environment: environment, shell: shell).outcome()
    }

    /// - Parameter shell: A line for `sh` in which `"$@"` is the command: `ulimit -f 8; exec "$@"`.
    func start(
        _ arguments: [String], environment: [String: String] = [:], shell: String? = nil
    ) throws -> Child {
        try Child(Program.sluice, arguments, in: folder, environment: environment, shell: shell)
    }
}

/// A program that was started.
final class Child: @unchecked Sendable {
    // Written before the process starts; its methods may be called from any thread.
    private let process = Process()
    private let outPath: String
    private let errPath: String
    private let ended = Ending()

    init(
        _ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:],
        shell: String? = nil
    ) throws {
        let base = NSTemporaryDirectory() + "/sluice-test-" + UUID().uuidString
        outPath = base + ".out"
        errPath = base + ".err"
        for path in [outPath, errPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", shell, "sh", program] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "USER": "tester"]
            .merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: outPath)
        process.standardError = FileHandle(forWritingAtPath: errPath)
        process.terminationHandler = { [ended] _ in ended.tell() }
        try process.run()
        // Nothing that a test starts outlives it for long.
        let identifier = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + 300) { [ended] in
            if !ended.isOver { Foundation.kill(identifier, SIGKILL) }
        }
    }

    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        for path in [outPath, errPath] { unlink(path) }
    }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    var out: String { text(outPath) }
    var err: String { text(errPath) }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    func outcome() async -> Outcome {
        await ended.wait()
        process.waitUntilExit()
        let status = process.terminationStatus
        return Outcome(status: process.terminationReason == .exit ? status : -status, out: out, err: err)
    }

    /// Waits until a condition holds; false where the program ended first or a minute passed.
    func waits(until condition: () -> Bool) async throws -> Bool {
        for _ in 0..<6000 {
            if condition() { return true }
            if ended.isOver { return condition() }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private final class Ending: Sendable {
        private struct State {
            var isOver = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var isOver: Bool { state.withLock { $0.isOver } }

        func tell() {
            let waiting = state.withLock { state in
                state.isOver = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiting.append(continuation) }
                    return state.isOver
                }
                if isOver { continuation.resume() }
            }
        }
    }
}
