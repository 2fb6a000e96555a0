import Digest
import Domain
import Notation

/// Reads files of scores made elsewhere: RAGAS's and DeepEval's results, JSON Lines, CSV.
///
/// A record is told by its members, not by who wrote it:
///
/// - *long*: `{"id", "metric", "score"}`, a score each;
/// - *wide*: `{"id", …}` with a member or column a metric (RAGAS's `to_pandas()` written as CSV or JSON records, and
///   Sluice's own export), or with a mapping `scores`;
/// - *test cases*: DeepEval's test run, `{"testCases": [{…, "metricsData": [{"name", "score", …}]}]}`, in either
///   spelling of its names.
///
/// A record that cannot be read is set aside with its number and why; the rest is read on.
public struct ExternalScoreReader {
    /// Columns that are wanted, as the policy calls them.
    private let wanted: [String]
    private let folded: [String: String]
    private var out = ExternalRecords()
    /// Whether a record was met at all, wanted or not.
    private var isKnown = false

    private init(_ wanted: [String]) {
        self.wanted = wanted
        var folded: [String: String] = [:]
        for name in wanted { folded[Self.folded(name)] = name }
        self.folded = folded
    }

    /// - Parameters:
    ///   - columns: Names of the scores that are wanted; letter case, blanks and punctuation apart, others are passed
    ///     over.
    ///   - isCSV: Whether the bytes are comma-separated values.
    /// - Throws: `Problem` where the file as a whole is none of these.
    public static func read(
        _ bytes: [UInt8], isCSV: Bool, columns: [String]
    ) throws(Problem) -> ExternalRecords {
        var reader = ExternalScoreReader(columns)
        if isCSV { try reader.table(bytes) } else { try reader.json(bytes) }
        guard !reader.out.records.isEmpty || !reader.out.setAside.isEmpty || reader.isKnown else {
            throw Problem(
                description: "it holds neither records nor test cases; write records, as JSON Lines or "
                    + "to_json(orient='records')")
        }
        return reader.out
    }

    /// Why a file holds no scores: cause and mend.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Room for a file of a hundred thousand records in one array.
    /// Ids may be long whole numbers.
    private static let limits = JSONLimits(depth: 64, bytes: 1 << 30, longNumbers: .wholeAsTexts)

    /// `Answer Relevancy` → `answer_relevancy`.
    static func folded(_ name: String) -> String {
        var out = ""
        var gap = false
        for scalar in name.lowercased().unicodeScalars {
            let isPlain =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "@"
            if isPlain {
                if gap, !out.isEmpty { out += "_" }
                out.unicodeScalars.append(scalar)
                gap = false
            } else {
                gap = true
            }
        }
        return out
    }

    private func name(_ given: String) -> String? {
        wanted.contains(given) ? given : folded[Self.folded(given)]
    }

    // MARK: JSON

    private mutating func json(_ bytes: [UInt8]) throws(Problem) {
        let start = bytes.first { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
        // An array, or an object over several lines, is one text; else each line is one.
        if start == UInt8(ascii: "[") { return try whole(bytes) }
        let first = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: true).first
        let isLines = first.map { line in (try? Self.value(Array(line)))?.objectValue != nil } ?? false
        let isOne = isLines && !bytes.dropFirst(first?.endIndex ?? 0).contains { $0 > 0x20 }
        if isOne || !isLines, (try? Self.value(bytes)) != nil {
            return try whole(bytes)
        }
        isKnown = isLines
        out.unit = "line"
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            do throws(JSONError) { take(try Self.value(Array(line)), number) } catch {
                out.setAside(
                    "it is no JSON (\(error.cause)); write null where there is no score, and each record on a line",
                    at: number)
            }
        }
    }

    /// The value, where need be with texts for the numbers that are none, as Python's `json` writes them: one NaN
    /// takes away its own score, and not those beside it.
    private static func value(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        do throws(JSONError) { return try JSONValue.parse(bytes, limits: limits) } catch {
            guard let mended = NumberWords.quoted(bytes),
                let value = try? JSONValue.parse(mended, limits: limits)
            else { throw error }
            return value
        }
    }

    private mutating func whole(_ bytes: [UInt8]) throws(Problem) {
        var value: JSONValue
        do throws(JSONError) { value = try Self.value(bytes) } catch {
            throw Problem(
                description: "it is no JSON: \(error.cause) (line \(error.mark.line)); write it again")
        }
        if let inner = value["testRunData"] { value = inner }
        if let cases = Self.list(value, ["testCases", "test_cases", "test_results", "testResults"]) {
            isKnown = true
            for (index, one) in cases.enumerated() { testCase(one, index + 1) }
            return
        }
        if let list = value.arrayValue ?? Self.list(value, ["rows", "records", "results", "scores"]) {
            isKnown = true
            for (index, one) in list.enumerated() { take(one, index + 1) }
            return
        }
        take(value, 1)
        isKnown = value["id"] != nil
    }

    private static func list(_ value: JSONValue, _ names: [String]) -> [JSONValue]? {
        for name in names { if let list = value[name]?.arrayValue { return list } }
        return nil
    }

    private mutating func testCase(_ value: JSONValue, _ place: Int) {
        guard value.objectValue != nil else { return out.setAside("it is no object", at: place) }
        var record = record(value, place)
        let own = value["metadata"] ?? value["additionalMetadata"] ?? value["additional_metadata"]
        if let own {
            let facts = self.record(own, place)
            record.id = facts.id ?? record.id
            record.arm = record.arm ?? facts.arm
            record.repetition = record.repetition ?? facts.repetition
            record.answer = facts.answer ?? record.answer
            record.time = record.time ?? facts.time
            record.dataset = record.dataset ?? facts.dataset
            if record.versions.isEmpty { record.versions = facts.versions }
        }
        // Its own name is what DeepEval makes up where nobody named the case.
        if record.id == nil, let name = value["name"]?.stringValue, !Self.isMadeUp(name) { record.id = name }
        for metric in Self.list(value, ["metricsData", "metrics_data", "metrics"]) ?? [] {
            guard let given = metric["name"]?.stringValue, let name = name(given) else { continue }
            let error = metric["error"]?.stringValue
            let reason = error ?? metric["reason"]?.stringValue
            let value = error == nil ? metric["score"].flatMap(Self.number) : nil
            record.scores.append(.init(name: name, value: value, reason: reason))
            let model = metric["evaluationModel"] ?? metric["evaluation_model"]
            record.scorer = record.scorer ?? model?.stringValue
        }
        keep(record)
    }

    /// `test_case_12`.
    private static func isMadeUp(_ name: String) -> Bool {
        let prefix = "test_case_"
        return name.hasPrefix(prefix) && name.dropFirst(prefix.count).allSatisfy(\.isNumber)
    }

    private mutating func take(_ value: JSONValue, _ place: Int) {
        guard let object = value.objectValue else { return out.setAside("it is no object", at: place) }
        if value["metricsData"] != nil || value["metrics_data"] != nil { return testCase(value, place) }
        var record = record(value, place)
        if let metric = value["metric"]?.stringValue {
            guard let name = name(metric) else { return }
            guard let score = value["score"] ?? value["value"] else {
                return out.setAside("it names a metric and no score", at: place)
            }
            add(score, name, value["reason"] ?? value["explanation"], &record)
        } else if let scores = value["scores"]?.objectValue {
            for member in scores.members {
                if let name = name(member.key) { add(member.value, name, nil, &record) }
            }
        } else {
            for member in object.members {
                if let name = name(member.key) {
                    add(member.value, name, value[member.key + "_reason"], &record)
                }
            }
        }
        keep(record)
    }

    private mutating func add(
        _ score: JSONValue, _ name: String, _ reason: JSONValue?, _ record: inout ExternalRecord
    ) {
        let number = Self.number(score)
        if number == nil, !score.isNull, score.stringValue.map({ !Self.isNothing($0) }) ?? true {
            var (why, mend) = (withArticle(score.typeName), "write a number, or null where there is none")
            if let text = score.stringValue {
                if NumberWords.isInfinite(text) {
                    why = "infinite"
                } else if hasDecimalComma(text) {
                    (why, mend) = ("a text with a decimal comma", "write 0.9 for 0,9, without quotes")
                } else if Double(text) != nil {
                    (why, mend) = ("a number in quotes", "write it without them")
                }
            }
            out.setAside("its '\(name)' is \(why), and no number; \(mend)", at: record.place)
            let problem = "its score is \(why), and no number"
            record.scores.append(.init(name: name, value: nil, reason: reason?.stringValue, problem: problem))
            return
        }
        record.scores.append(.init(name: name, value: number, reason: reason?.stringValue))
    }

    private static func number(_ value: JSONValue) -> Double? {
        if let flag = value.boolValue { return flag ? 1 : 0 }
        return value.doubleValue
    }

    /// As programs write a number that is none.
    private static func isNothing(_ text: String) -> Bool {
        ["", "nan", "null", "none", "na", "n/a"].contains(text.lowercased())
    }

    private func record(_ value: JSONValue, _ place: Int) -> ExternalRecord {
        func text(_ names: [String]) -> String? {
            for name in names {
                if let text = value[name]?.stringValue { return text }
                if let number = value[name]?.intValue { return String(number) }
            }
            return nil
        }
        var record = ExternalRecord()
        record.place = place
        fill(&record, text)
        if let versions = value["versions"]?.objectValue {
            record.versions = versions.members.compactMap { member in
                member.value.stringValue.map { Answer.Version(name: member.key, value: $0) }
            }
        }
        return record
    }

    private static let idNames = ["id", "query_id", "example_id", "example", "test_id"]
    private static let queryNames = ["query", "question", "user_input", "input"]
    private static let answerNames = ["answer", "response", "actual_output", "actualOutput"]
    private static let timeNames = ["time", "timestamp", "created_at", "made_at"]

    private func fill(_ record: inout ExternalRecord, _ text: ([String]) -> String?) {
        record.id = text(Self.idNames)
        record.query = text(Self.queryNames)
        record.arm = text(["arm"]).flatMap(Arm.init(rawValue:))
        record.repetition = text(["repetition"]).flatMap { Int($0) }
        if let digest = text(["answer_digest"]).flatMap({ ContentDigest($0) }) {
            record.answer = digest.hex
        } else if let answer = text(Self.answerNames) {
            record.answer = ExternalScores.digest(of: answer)
        }
        record.time = text(Self.timeNames).flatMap { Int($0) ?? TimeText.seconds($0) }
        record.dataset = text(["dataset", "dataset_digest"])
        record.scorer = text(["scorer", "judge", "evaluation_model", "evaluationModel"])
        if let version = text(["version", "versions"]) { record.versions = Self.versions(version) }
    }

    /// `prompt=v15, model=m1`, or a bare value that some version must have.
    private static func versions(_ text: String) -> [Answer.Version] {
        text.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isNewline }).map { part in
            let words = part.drop { $0 == " " }
            guard let equals = words.firstIndex(of: "=") else {
                return Answer.Version(name: "", value: String(words))
            }
            return Answer.Version(
                name: String(words[..<equals]), value: String(words[words.index(after: equals)...]))
        }
    }

    // MARK: CSV

    private mutating func table(_ bytes: [UInt8]) throws(Problem) {
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            throw Problem(
                description: "line \(error.line), column \(error.column): \(error.cause); \(error.mend)")
        }
        guard let header = rows.first else { throw Problem(description: "it is empty") }
        isKnown = true
        out.unit = "line"
        var columns: [String: Int] = [:]
        for (index, cell) in header.enumerated() where columns.updateValue(index, forKey: cell.text) != nil {
            throw Problem(description: "two columns are named '\(cell.text.prefix(40))'; name each apart")
        }
        for row in rows.dropFirst() { take(row, columns, header.count) }
    }

    private mutating func take(_ row: [CSVCell], _ columns: [String: Int], _ width: Int) {
        let place = row.first?.line ?? 0
        guard row.count == width else {
            return out.setAside("it has \(row.count) cells and the header \(width)", at: place)
        }
        func cell(_ name: String) -> String? {
            guard let index = columns[name] else { return nil }
            let cell = row[index]
            return cell.text.isEmpty && !cell.isQuoted ? nil : CSVWriter.unguarded(cell.text)
        }
        var record = ExternalRecord()
        record.place = place
        fill(&record) { names in
            for name in names { if let text = cell(name) { return text } }
            return nil
        }
        if columns["metric"] != nil, columns["score"] != nil {
            guard let name = cell("metric").flatMap(name) else { return }
            add(cell("score"), name, cell("reason"), &record)
        } else {
            for (column, _) in columns.sorted(by: { $0.value < $1.value }) {
                if let name = name(column) { add(cell(column), name, cell(column + "_reason"), &record) }
            }
        }
        keep(record)
    }

    private mutating func add(
        _ text: String?, _ name: String, _ reason: String?, _ record: inout ExternalRecord
    ) {
        guard let text, !Self.isNothing(text) else {
            record.scores.append(.init(name: name, value: nil, reason: reason))
            return
        }
        let flags = ["true": 1.0, "false": 0.0]
        guard
            let number = flags[text.lowercased()] ?? (try? JSONValue.parse(text))?.doubleValue ?? Double(text)
        else {
            let isComma = hasDecimalComma(text)
            let mend =
                isComma
                ? "has a decimal comma; write 0.9 for 0,9"
                : "is no number; write one, such as 0.8, or leave the cell empty"
            out.setAside("its '\(name)' \(mend)", at: record.place)
            let problem = isComma ? "its score has a decimal comma" : "its score is a text, and no number"
            record.scores.append(.init(name: name, value: nil, reason: reason, problem: problem))
            return
        }
        record.scores.append(.init(name: name, value: number, reason: reason))
    }

    private mutating func keep(_ record: ExternalRecord) {
        guard !record.scores.isEmpty else { return }
        guard record.id != nil || record.query != nil else {
            return out.setAside("it names neither an example nor its question", at: record.place)
        }
        out.records.append(record)
    }
}
