import Curation
import Domain
import Interchange
import Notation
import Testing

@Suite struct DatasetStatisticsTests {
    private func statistics(_ rows: [Row], slices: [String] = []) throws -> DatasetStatistics {
        let (examples, _) = DatasetReader.read([("golden.jsonl", bytes(rows))])
        var reader = StatisticsReader(today: today, slices: slices)
        for example in examples { reader.note(example) }
        return try reader.finish(MemoryExamples(examples))
    }

    @Test func theCleanSetIsCounted() throws {
        let found = try statistics(CleanSet().rows, slices: ["locale", "adversarial", "nothing"])
        #expect(found.examples == 180)
        #expect(found.distinct == 180)
        #expect(found.duplicates == 0)
        #expect(found.kinds.map(\.examples) == [24, 24, 52, 24])
        #expect(found.scoreRegions.map(\.examples) == [8, 8, 4, 4, 4, 4])
        #expect(
            found.provenance.map { "\($0.name) \($0.examples)" }.prefix(7) == [
                "source 180", "owner 180", "annotator 180", "approver 180", "date 180", "guideline 180",
                "reviewed 0",
            ])
        #expect(found.ages.map(\.examples) == [180, 0, 0, 0, 0])
        #expect(found.months.map { "\($0.name) \($0.examples)" } == ["2026-11 180"])
        #expect(found.slices.map(\.name).prefix(3) == ["locale", "adversarial", "category"])
        #expect(found.slices.map(\.isInPolicy).prefix(3) == [true, true, false])
        let category = try #require(found.slices.first { $0.name == "category" })
        #expect(
            category.values.map(\.value) == [
                "question", "attack", "edge_case", "follow_up", "out_of_scope", "scored",
            ])
        #expect(category.values.map(\.examples) == [60, 24, 24, 24, 24, 24])
        let guardrail = try #require(found.slices.first { $0.name == "guardrail" })
        #expect(guardrail.values.map(\.value) == ["block"])
        let expectations = Dictionary(uniqueKeysWithValues: found.expectations.map { ($0.name, $0.examples) })
        #expect(expectations["reference_response"] == 108)
        #expect(expectations["retrieval_gold_doc_ids"] == 132)
        #expect(expectations["expected_score"] == 24)
    }

    /// The drops themselves are those of the exact McNemar test, whose oracles stand with the statistics.
    @Test func whatIsTheSameIsNoFurtherEvidence() throws {
        var set = CleanSet()
        for number in 0..<20 {
            let row = set.row("A-\(number)").setting("query_id", .string("D-\(number)"))
            // Half of them in another slice, where they are the only ones of their kind.
            set.add(row.setting("category", number < 10 ? "attack" : "other"))
        }
        let found = try statistics(set.rows)
        #expect(found.examples == 200)
        #expect(found.distinct == 180)
        #expect(found.duplicates == 20)
        let category = try #require(found.slices.first { $0.name == "category" })
        let attack = try #require(category.values.first { $0.value == "attack" })
        #expect(attack.examples == 34)
        #expect(attack.distinct == 24)
        #expect(attack.smallestDrop == DetectableChange.drop(examples: 24))
        let other = try #require(category.values.first { $0.value == "other" })
        #expect(other.distinct == 10)
        #expect(DetectableChange.drop(examples: 4) == nil)
        #expect(DetectableChange.drop(examples: 0) == nil)
    }
}
