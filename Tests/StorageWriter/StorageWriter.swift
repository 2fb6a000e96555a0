import Domain
import Glibc
import Ledger
import Storage

/// A process that tests start, and kill: it uses a store and says on its standard output what was acknowledged.
///
///     storage-writer append ROOT RUN COUNT     appends and says each number once it is kept
///     storage-writer cycle ROOT RUN COUNT      the same, finishing and opening again after every 20
///     storage-writer hold ROOT RUN             opens the run and keeps it until its input ends
///     storage-writer full ROOT RUN APPEND|FINISH BYTES   meets a limit on the size of files
///     storage-writer ledger PATH NAME COUNT    begins and ends runs
///     storage-writer cache PATH COUNT          keeps answers, says when all are kept, and waits
///     storage-writer unprivileged PATH         opens a ledger as nobody
///     storage-writer measure FOLDER            prints what each store costs (build it for release)
@main
struct StorageWriter {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard !arguments.isEmpty else { exit(64) }
        let mode = arguments.removeFirst()
        do {
            switch mode {
            case "append": try append(arguments, finishing: false)
            case "cycle": try append(arguments, finishing: true)
            case "hold":
                let log = try DirectoryEvidence(root: arguments[0]).open(run: arguments[1])
                try log.append(observation(0))
                say("held")
                _ = readLine()
            case "full": try full(arguments)
            case "ledger": try ledger(arguments)
            case "cache":
                let cache = try SQLiteResponseCache(path: arguments[0], now: 1_000_000)
                for number in 0..<(Int(arguments[1]) ?? 0) {
                    cache.keep(observation(number), "key \(number)")
                }
                say("kept")
                _ = readLine()
            case "unprivileged":
                if getuid() == 0 {
                    guard setgid(65534) == 0, setuid(65534) == 0 else { exit(70) }
                }
                _ = try SQLiteRunStore(path: arguments[0])
                say("opened")
            case "measure": try Measure(folder: arguments[0]).run()
            default: exit(64)
            }
        } catch {
            let problem = error as? StoreError ?? StoreError(.unavailable, "\(error)")
            say("error \(problem.kind.rawValue) \(problem.description)")
            exit(1)
        }
    }

    /// One write a line, so that a line is there whole or not at all when this process is killed.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }

    /// About 2 KB that do not pack well, so that limits are met where they should be.
    private static func observation(_ number: Int) -> Observation {
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        var text = "answer \(number) "
        while text.utf8.count < 1900 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += String(state, radix: 36)
        }
        var answer = Answer(latencyMilliseconds: Double(number))
        answer.text = text
        return Observation(example: "E-\(number)", arm: .candidate, repetition: 0, outcome: .answered(answer))
    }

    private static func append(_ arguments: [String], finishing: Bool) throws {
        let store = DirectoryEvidence(root: arguments[0])
        var next = 0
        do {
            try store.read(run: arguments[1], each: { _ in next += 1 }, problem: { _ in })
        } catch let error as StoreError where error.kind == .missing {}
        var log = try store.open(run: arguments[1])
        for repair in log.repairs { say("repair \(repair.description)") }
        for number in next..<(Int(arguments[2]) ?? 0) {
            try log.append(observation(number))
            say("\(number)")
            guard finishing, number % 20 == 19 else { continue }
            try log.finish()
            log = try store.open(run: arguments[1])
        }
        try log.finish()
        say("finished")
    }

    private static func full(_ arguments: [String]) throws {
        // Told of by an error instead of by the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        func limit(_ bytes: rlim_t) {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(1), &limit)
            limit.rlim_cur = min(bytes, limit.rlim_max)
            setrlimit(__rlimit_resource_t(1), &limit)
        }
        let store = DirectoryEvidence(root: arguments[0])
        let log = try store.open(run: arguments[1])
        if arguments[2] == "APPEND" { limit(rlim_t(arguments[3]) ?? 0) }
        var kept = 0
        do {
            for number in 0..<50 {
                try log.append(observation(number))
                kept = number + 1
            }
            if arguments[2] == "FINISH" { limit(rlim_t(arguments[3]) ?? 0) }
            try log.finish()
        } catch {
            say("kept \(kept)")
            throw error
        }
    }

    private static func ledger(_ arguments: [String]) throws {
        let store = try SQLiteRunStore(path: arguments[0])
        for number in 0..<(Int(arguments[2]) ?? 0) {
            let id = "\(arguments[1])-\(number)"
            try store.begin(
                RunRecord(
                    id: id, project: "p", startedAt: "2026-01-01T00:00:00Z", pair: "pair", datasetDigest: "d",
                    policyDigest: "p"))
            let gate = RunRecord.Gate(rule: "g", outcome: "passes", candidate: 1, baseline: nil)
            try store.end(run: id, verdict: .ship, durationSeconds: 1, gates: [gate, gate])
        }
        say("done")
    }
}
