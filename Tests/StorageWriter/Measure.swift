import Domain
import Glibc
import Ledger
import Storage

/// What the stores cost, as a table: processor time of this process, and memory.
struct Measure {
    let folder: String

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Bytes of memory that are this process's now.
    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }

    private func row(_ what: String, _ count: Int, _ body: () throws -> Void) rethrows {
        let before = Measure.processorSeconds()
        try body()
        let each = (Measure.processorSeconds() - before) / Double(count) * 1e6
        let rounded = Double((each * 100).rounded()) / 100
        print(what + String(repeating: " ", count: max(1, 52 - what.count)) + "\(rounded) µs")
    }

    /// About 2 KB, as an app with retrieval answers.
    private func observation(_ number: Int) -> Observation {
        var answer = Answer(latencyMilliseconds: 12.5)
        answer.text = "The answer to question \(number), of some length, as a person would write it down."
        answer.intent = "refund"
        answer.confidence = 0.83
        answer.documents = (0..<3).map {
            RetrievedDocument(
                id: "doc_\(number)_\($0)", score: 0.5, text: String(repeating: "Some passage. ", count: 35))
        }
        answer.stages = ["routing", "retrieval", "generation"].map {
            StageTiming(name: $0, milliseconds: 3.25)
        }
        answer.versions = [Answer.Version(name: "prompt", value: "v14")]
        return Observation(example: "E-\(number)", arm: .candidate, repetition: 0, outcome: .answered(answer))
    }

    func run() throws {
        let count = 20_000
        let observations = (0..<1000).map(observation)
        let store = DirectoryEvidence(root: folder + "/store")
        let log = try store.open(run: "r")
        try row("evidence: append an observation of 2 KB", count) {
            for number in 0..<count { try log.append(observations[number % 1000]) }
        }
        try row("evidence: pack, an observation", count) { try log.finish() }
        var seen = 0
        try row("evidence: read and decode, an observation", count) {
            try store.read(run: "r", each: { _ in seen += 1 }, problem: { _ in })
        }
        guard seen == count else { exit(70) }

        // Keys as they are: digests, in no order.
        let keys = (0..<count).map { number in
            var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
            return (0..<4).map { _ in
                state = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
                let digits = String(state, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
        }
        let cache = try SQLiteResponseCache(path: folder + "/cache.db", now: 1_000_000)
        row("cache: look in vain", count) { for key in keys { _ = cache.observation(key) } }
        row("cache: keep", count) {
            for number in 0..<count { cache.keep(observations[number % 1000], keys[number]) }
            cache.close()
        }
        row("cache: find and decode", count) { for key in keys { _ = cache.observation(key) } }

        let ledger = try SQLiteRunStore(path: folder + "/ledger.db")
        let gates = (0..<12).map {
            RunRecord.Gate(rule: "gate \($0)", outcome: "passes", candidate: 0.5, baseline: 0.5)
        }
        try row("ledger: begin and end a run of 12 gates", 1000) {
            for number in 0..<1000 {
                try ledger.begin(
                    RunRecord(
                        id: "r-\(number)", project: "p", startedAt: "2026-01-01", pair: "pair \(number % 7)",
                        datasetDigest: "d", policyDigest: "p"))
                try ledger.end(run: "r-\(number)", verdict: .ship, durationSeconds: 1, gates: gates)
            }
        }
        try row("ledger: attempts at a pair, of 1,000 runs", 1000) {
            for number in 0..<1000 { _ = try ledger.attempts(pair: "pair \(number % 7)") }
        }

        let scratch = try ScratchFile(folder: folder + "/scratch")
        let bytes = [UInt8](repeating: 7, count: 4096)
        try row("scratch: append 4 KiB", count) {
            for _ in 0..<count { _ = try bytes.withUnsafeBytes { try scratch.append($0) } }
        }
        try dataset()
    }

    private func dataset() throws {
        let rows = 100_000
        let path = folder + "/golden.jsonl"
        guard let file = fopen(path, "w") else { exit(70) }
        for number in 0..<rows {
            fputs(
                "{\"query_id\": \"GD-\(number)\", \"query\": \"What does question number \(number) ask of the desk?\", "
                    + "\"expected_intent\": \"refund\", \"reference_response\": \"It asks for the money back, politely.\", "
                    + "\"retrieval_gold_doc_ids\": [\"doc_\(number)\", \"doc_\(number + 1)\"], \"locale\": \"de\", "
                    + "\"tags\": [\"short\", \"easy\"]}\n", file)
        }
        fclose(file)
        let before = Measure.residentBytes()
        var set: DatasetFiles?
        try row("data set: check, digest and note a row", rows) { set = try DatasetFiles(paths: [path]) }
        let kept = Measure.residentBytes() - before
        guard let set else { exit(70) }
        try row("data set: read an example again", rows) {
            for number in 0..<rows { _ = try set.example((number &* 7919) % rows) }
        }
        print(
            "data set: memory kept, of \(set.count) rows" + String(repeating: " ", count: 14)
                + "\(kept / rows) bytes a row")
        var usage = rusage()
        getrusage(__rusage_who_t(0), &usage)
        print("largest memory of all" + String(repeating: " ", count: 31) + "\(usage.ru_maxrss / 1024) MiB")
    }
}
