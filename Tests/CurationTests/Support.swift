import Curation
import Domain
import Interchange
import Notation

/// Numbers that are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var x = state
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }
}

/// Rows as JSON objects, to be changed and read again.
typealias Row = JSONObject

extension JSONObject {
    init(_ members: KeyValuePairs<String, JSONValue>) {
        self.init()
        for (key, value) in members { self[key] = value }
    }

    func setting(_ key: String, _ value: JSONValue?) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }

    /// With a member of the provenance set, or taken away.
    func provenance(_ key: String, _ value: JSONValue?) -> JSONObject {
        var inner = self["provenance"]?.objectValue ?? JSONObject()
        inner[key] = value
        return setting("provenance", .object(inner))
    }
}

let today = Day("2026-11-20") ?? Day(number: 0)

/// What a lint said, as tests hold it against what was planted.
struct Told: Hashable, Comparable, CustomStringConvertible {
    let code: LintCode
    let id: String?

    init(_ code: LintCode, _ id: String? = nil) {
        self.code = code
        self.id = id
    }

    var description: String { "\(code.rawValue) \(id ?? "–")" }

    static func < (left: Told, right: Told) -> Bool { left.description < right.description }
}

/// Lints files of rows.
func lint(
    files: [(name: String, bytes: [UInt8])], _ options: LintOptions = LintOptions(today: today),
    chunks: [RetrievedDocument] = []
) throws -> LintReport {
    let (examples, reader) = DatasetReader.read(files)
    var lint = DatasetLint(options)
    for example in examples { lint.note(example) }
    for chunk in chunks { lint.take(chunk) }
    return try lint.finish(
        name: "set", examples: MemoryExamples(examples), problems: reader.problems,
        further: reader.furtherProblems)
}

func lint(
    _ rows: [Row], _ options: LintOptions = LintOptions(today: today), chunks: [RetrievedDocument] = []
) throws -> LintReport {
    try lint(files: [("golden.jsonl", bytes(rows))], options, chunks: chunks)
}

func bytes(_ rows: [Row]) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in rows { bytes += JSONValue.object(row).bytes() + [0x0A] }
    return bytes
}

extension LintReport {
    var findings: [Finding] { groups.flatMap(\.findings) }

    /// Everything found, sorted.
    var told: [Told] { findings.map { Told($0.code, $0.id) }.sorted() }

    func findings(_ code: LintCode) -> [Finding] { findings.filter { $0.code == code } }
}
