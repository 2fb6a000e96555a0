import Metrics
import Notation

/// A metric's worked example as commands that can be pasted into an empty folder.
///
/// What asks a model gets a policy with one: a judge that says what stands in the example, a program of one line, the
/// encoder that `scripts/bootstrap model` fetches.
enum MetricTrial {
    /// Lines of a POSIX shell; the last one shows the example's value.
    static func commands(_ family: MetricFamily) -> [String] {
        switch family.name {
        case "kpi": return kpi
        case "external": return external
        default: break
        }
        guard let example = WorkedExample(family) else { return [] }
        if family.name == "preference" { return preference(example) }
        var setUp: [String] = []
        if family.needs.contains(.model(.judge)) {
            setUp = [policy(judge)] + judgement(example)
        } else if family.name == "custom" {
            setUp = [
                policy("custom: {tone: {command: [sh, tone.sh], better: higher}}"),
                file("tone.sh", ["while read -r asked; do", answered("score\\\":1"), "done"]),
            ]
        } else if family.name == "composite" {
            setUp = [policy("composite: {helpful: {all_of: [exact_match]}}")]
        } else if family.needs.contains(where: { $0 == .model(.embedding) || $0 == .model(.tokenVectors) }) {
            setUp = [policy("embedding: {model: .build/models/minilm}")]
        }
        return setUp + [score(example, setUp.isEmpty ? "" : " --policy try.yaml")]
    }

    private static func score(_ example: WorkedExample, _ options: String) -> String {
        let lines = example.rows.map { row -> String in
            var row = row.objectValue ?? JSONObject()
            row["judge"] = nil
            return ShellWord.quoted(text(.object(row)))
        }
        var name = example.name
        if let parameter = example.parameter { name += ": " + text(parameter) }
        return
            "printf '%s\\n' \(lines.joined(separator: " ")) | sluice score \(ShellWord.quoted(name))\(options)"
    }

    // MARK: - Parts

    private static let judge = "judge: {command: [sh, judge.sh], family: none, concurrency: 1}"

    /// A policy that asks no app, with `model`.
    private static func policy(_ model: String) -> String {
        file(
            "try.yaml",
            [
                "{version: 1, project: try, app: {candidate: \"http://127.0.0.1:9/\"}, dataset: none, "
                    + "gates: [\"error_rate <= 5%\"], \(model)}"
            ])
    }

    /// What the judge says, and a judge that says it, a line to each question.
    private static func judgement(_ example: WorkedExample) -> [String] {
        let verdicts = example.rows.flatMap { $0["judge"]?.arrayValue ?? [] }.map(text)
        return [
            file("verdicts.jsonl", verdicts),
            file(
                "judge.sh",
                [
                    "exec 3< verdicts.jsonl", "while read -r asked; do", "read -r verdict <&3",
                    answered("verdict\\\":$verdict"), "done",
                ]),
        ]
    }

    /// A line of a program that answers the question `$asked` with a member of its own beside the question's id.
    private static func answered(_ member: String) -> String {
        "id=${asked#*\\\"id\\\":\\\"}; echo \"{\\\"id\\\":\\\"${id%%\\\"*}\\\",\\\"\(member)}\""
    }

    private static func file(_ name: String, _ lines: [String]) -> String {
        "printf '%s\\n' \(lines.map(ShellWord.quoted).joined(separator: " ")) > \(name)"
    }

    private static func text(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    // MARK: - Whole runs

    private static func run(candidate: [String], _ rest: String, baseline: String = "") -> [String] {
        [
            file("candidate.jsonl", candidate),
            file(
                "try.yaml",
                [
                    "{version: 1, project: try, app: {candidate: {recorded: candidate.jsonl}\(baseline)}, "
                        + "dataset: golden.jsonl, \(rest)}"
                ]), "sluice eval --policy try.yaml",
        ]
    }

    private static let kpi =
        [
            file(
                "golden.jsonl",
                (1...5).map {
                    #"{"id":"\#($0)","query":"What is \#($0) times 1?","reference_response":"\#($0)"}"#
                })
        ]
        + run(
            candidate: (1...5).map { #"{"id":"\#($0)","answer":"\#($0 == 5 ? 7 : $0)","latency_ms":2000}"# },
            "metrics: [{kpi: {parts: {exact_match: {weight: 60%, better: higher, from: 0, to: 1}, "
                + "latency: {weight: 40%, better: lower, from: 4 s, to: 1 s}}, bands: {go: 0.85, hold: 0.8}}}], "
                + "gates: [\"kpi >= 0.1\"]")

    private static let external =
        [
            file("golden.jsonl", [#"{"id":"GD-1","query":"When do you open?"}"#]),
            file("scores.jsonl", [#"{"id":"GD-1","metric":"faithfulness","score":0.8,"arm":"candidate"}"#]),
        ]
        + run(
            candidate: [#"{"id":"GD-1","answer":"At 9."}"#],
            "external: [{file: scores.jsonl, metrics: {faithfulness: higher}}], metrics: [external], "
                + "gates: [\"external[faithfulness] >= 0.5\"]")

    private static func preference(_ example: WorkedExample) -> [String] {
        let row = example.rows.first ?? .null
        func answer(_ name: String) -> String { text(["id": "1", "answer": row[name] ?? .null]) }
        return [
            file("golden.jsonl", [#"{"id":"1","query":"When do you open?"}"#]),
            file("baseline.jsonl", [answer("other")]),
        ] + judgement(example)
            + run(
                candidate: [answer("text")],
                judge + ", metrics: [preference], gates: [\"error_rate <= 99%\"]",
                baseline: ", baseline: {recorded: baseline.jsonl}")
    }
}
