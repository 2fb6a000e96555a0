import Curation
import Domain
import Interchange
import Notation
import Testing

/// What became of a data set.
@Suite struct DiffTests {
    private func side(_ rows: [Row], slices: [String] = []) -> SetComparison.Side {
        var reader = DatasetReader()
        var state = SetState(slices: slices)
        var examples: [Example] = []
        reader.begin(file: "golden.jsonl")
        let take: DatasetReader.Emit = { example, extent in
            examples.append(example)
            state.note(example, extent)
        }
        reader.feed(bytes(rows), take)
        reader.endFile(take)
        return SetComparison.Side(state, MemoryExamples(examples), retired: reader.retired)
    }

    private func diff(
        _ old: [Row], _ new: [Row], slices: [String] = [], most: Int = 1000
    ) throws -> DatasetDiff {
        try SetComparison.diff(from: side(old, slices: slices), to: side(new, slices: slices), most: most)
    }

    private func example(_ id: String, _ query: String = "q", _ reference: String = "r") -> Row {
        Row(["query_id": .string(id), "query": .string(query + " " + id), "reference": .string(reference)])
    }

    @Test func everyKindOfChangeIsToldApart() throws {
        let old = [
            example("same"), example("fixed"), example("asked"), example("gone"), example("lost"),
            example("moved"), example("approved").provenance("owner", "kim"),
            example("back").setting("retired", "x"),
        ]
        let new = [
            example("new"), example("approved").provenance("owner", "lee"), example("same"),
            example("fixed", "q", "R"), example("asked", "Q").setting("tags", ["t"]),
            example("gone").setting("retired", ["why": "w", "by": "kim", "on": "2026-05-02"]),
            example("moved").setting("query_id", "elsewhere"), example("back"),
        ]
        let found = try diff(old, new)
        #expect(found.old == 7 && found.new == 7 && found.unchanged == 2 && !found.isEmpty)
        #expect(found.added.items.map(\.id) == ["new"])
        #expect(found.retired.items.map(\.id) == ["gone"])
        #expect(found.retired.items.first?.retirement == Retirement(why: "w", by: "kim", on: "2026-05-02"))
        #expect(found.removed.items.map(\.id) == ["lost"])
        #expect(found.restored.items.map(\.id) == ["back"])
        #expect(found.renamed.items.map { [$0.earlierID, $0.id] } == [["moved", "elsewhere"]])
        #expect(found.attested.items.map(\.id) == ["approved"])
        #expect(found.attested.items.first?.fields.map(\.name) == ["provenance.owner"])
        #expect(found.changed.items.map(\.id) == ["fixed", "asked"])
        let fields = found.changed.items.map { $0.fields.map { [$0.name: [$0.old, $0.new]] } }
        #expect(
            fields == [
                [["reference_response": ["r", "R"]]],
                [["query": ["q asked", "Q asked"]], ["tags": [nil, ["t"]]]],
            ])
        #expect(found.changed.items.map(\.asksTheSame) == [true, false])
        #expect(found.remaining == [0, 5, 6], "same, moved, approved")
        #expect(found.reexpected.map { [$0.old, $0.new] } == [[1, 3]])
    }

    @Test func orderSpellingAndFilesAreNoDifference() throws {
        let rows = (0..<50).map { example("E-\($0)") }
        let respelt = rows.reversed().map { row -> Row in
            Row([
                "id": row["query_id"] ?? .null, "Reference": row["reference"] ?? .null,
                "question": row["query"] ?? .null,
            ])
        }
        let found = try diff(rows, respelt)
        #expect(found.isEmpty && found.unchanged == 50 && found.attested.count == 0)
        #expect(found.remaining == Array(0..<50))
        #expect(found.slices.isEmpty)
    }

    @Test func aRowWithoutAnIDIsKnownByItsQuery() throws {
        let old = [Row(["query": "a", "reference": "1"]), Row(["query": "b", "reference": "1"])]
        let new = [Row(["query": "a", "reference": "2"]), Row(["query": "b", "reference": "1"])]
        let found = try diff(old, new)
        #expect(found.changed.count == 1 && found.added.count == 0 && found.removed.count == 0)
        #expect(found.reexpected.isEmpty, "a run knows it by another id")
    }

    @Test func slicesAreCountedBeforeAndAfter() throws {
        let old = (0..<6).map { example("E-\($0)").setting("locale", $0 < 4 ? "en" : "de") }
        var new = old
        new[0] = new[0].setting("reference", "x")
        new[5] = new[5].setting("retired", true)
        new.append(example("E-9").setting("locale", "fr"))
        let found = try diff(old, new, slices: ["locale"]).slices.map {
            "\($0.value) \($0.old) \($0.new) +\($0.added) ~\($0.changed) -\($0.gone)"
        }
        #expect(found == ["de 2 1 +0 ~0 -1", "en 4 4 +0 ~1 -0", "fr 0 1 +1 ~0 -0"])
    }

    @Test func whatIsListedIsCutAndWhatIsCountedIsNot() throws {
        let found = try diff([example("a")], (0..<30).map { example("E-\($0)") }, most: 3)
        #expect(found.added.count == 30 && found.added.items.count == 3)
    }

    /// Held against the same question asked of dictionaries.
    @Test(arguments: 0..<60) func randomChangesAreFound(seed: Int) throws {
        var random = SeededNumbers(seed: UInt64(seed))
        var old: [Row] = []
        var new: [Row] = []
        var wanted: [String: Set<String>] = [:]
        for number in 0..<Int.random(in: 1...40, using: &random) {
            let id = "E-\(number)"
            let row = example(id)
            old.append(row)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: wanted["removed", default: []].insert(id)
            case 1:
                new.append(row.setting("retired", "w"))
                wanted["retired", default: []].insert(id)
            case 2:
                new.append(row.setting("reference", "x"))
                wanted["changed", default: []].insert(id)
            default:
                new.append(row)
                wanted["same", default: []].insert(id)
            }
        }
        for number in 0..<Int.random(in: 0...5, using: &random) {
            new.append(example("N-\(number)"))
            wanted["added", default: []].insert("N-\(number)")
        }
        new.shuffle(using: &random)
        let found = try diff(old, new)
        #expect(Set(found.removed.items.map(\.id)) == wanted["removed", default: []])
        #expect(Set(found.retired.items.map(\.id)) == wanted["retired", default: []])
        #expect(Set(found.changed.items.map(\.id)) == wanted["changed", default: []])
        #expect(Set(found.added.items.map(\.id)) == wanted["added", default: []])
        let same = found.remaining.map { old[Int($0)]["query_id"]?.stringValue ?? "" }
        #expect(Set(same) == wanted["same", default: []])
    }
}
