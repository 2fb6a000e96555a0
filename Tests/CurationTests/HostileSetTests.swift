import Curation
import Domain
import Foundation
import Interchange
import Notation
import Testing

/// Data sets with planted faults: every one is found, and nothing else is told.
@Suite struct HostileSetTests {
    /// The clean set with what a case plants in it.
    private func told(
        seed: UInt64 = 1, _ options: LintOptions = LintOptions(today: today),
        chunks: [RetrievedDocument] = [], _ plant: (inout CleanSet) -> Void
    ) throws -> [Told] {
        var set = CleanSet(seed: seed)
        plant(&set)
        return try lint(set.rows, options, chunks: chunks).told
    }

    private static let seeds: [UInt64] = [1, 2, 3]

    @Test(arguments: 1...12) func aCleanSetIsSilent(seed: Int) throws {
        #expect(try told(seed: UInt64(seed)) { _ in } == [])
    }

    // MARK: The same twice

    @Test(arguments: seeds) func theSameInputIsFoundInAnyDress(seed: UInt64) throws {
        let dresses: [(String) -> String] = [
            { $0 }, { $0.uppercased() }, { "  " + $0.split(separator: " ").joined(separator: "   ") },
            { "¿" + $0.dropLast() + "!" },
            { $0.split(separator: " ").joined(separator: "\u{200B} \u{FEFF}") },
            { $0.split(separator: " ").joined(separator: ", ") }, { "“" + $0 + "”" },
            {
                String(
                    String.UnicodeScalarView(
                        $0.unicodeScalars.map {
                            (0x61...0x7A).contains($0.value) ? Unicode.Scalar($0.value + 0xFEE0) ?? $0 : $0
                        }))
            },
        ]
        let found = try told(seed: seed) { set in
            for (number, dress) in dresses.enumerated() {
                let original = set.row("Q-\(number)")
                let text = dress(original["query"]?.stringValue ?? "")
                set.add(original.setting("query_id", .string("D-\(number)")).setting("query", .string(text)))
            }
        }
        #expect(found == dresses.indices.map { Told(.duplicate, "D-\($0)") }.sorted())
    }

    @Test func whatOnlySignsTellApartIsNotTheSame() throws {
        let found = try told { set in
            for (number, text) in [
                "what is C", "what is C++", "what is C#", "is it < 5", "is it > 5", "is it 1.5", "is it 15",
                "is it -5 today", "is it 5 today", "café", "cafe",
            ].enumerated() {
                set.add(
                    set.row("Q-\(number)").setting("query_id", .string("X-\(number)")).setting(
                        "query", .string(text)))
            }
        }
        #expect(found == [])
    }

    @Test(arguments: seeds) func expectationsThatExcludeOneAnotherAreErrors(seed: UInt64) throws {
        let plants: [(String, Row) -> Row] = [
            { id, row in row.setting("expected_intent", "another") },
            { id, row in row.setting("reference_response", "something else altogether") },
            { id, row in row.setting("retrieval_gold_doc_ids", ["doc-elsewhere"]) },
            { id, row in row.setting("retrieval_gold_doc_ids", []) },
            { id, row in
                row.setting("prohibited_elements", row["required_elements"]).setting("required_elements", nil)
            },
        ]
        let found = try told(seed: seed) { set in
            for (number, plant) in plants.enumerated() {
                let row = set.row("Q-\(number)").setting("query_id", .string("C-\(number)"))
                set.add(plant("C-\(number)", row))
            }
            set.add(set.row("A-0").setting("query_id", "C-5").setting("expected_guardrail", "allow"))
            set.add(set.row("S-0").setting("query_id", "C-6").setting("expected_score", "LOW"))
            for (id, match) in [("C-7", true), ("C-8", false)] {
                set.add(
                    set.row("Q-20").setting("query_id", .string(id)).setting(
                        "query", "one pair of two things"
                    )
                    .setting("match", .bool(match)))
            }
            for (id, result) in [("C-9", 1), ("C-10", 2)] {
                set.add(
                    set.row("Q-21").setting("query_id", .string(id)).setting(
                        "query", "how many are there now"
                    )
                    .setting("expected_result", ["count": .integer(Int64(result))]))
            }
            // One that asks for and forbids the same.
            set.change("Q-30") { row in
                row.setting("required_elements", [["text": "Fourteen  days"]])
                    .setting("prohibited_elements", [["text": "fourteen days"]])
            }
        }
        let ids = (0...6).map { "C-\($0)" } + ["C-8", "C-10", "Q-30"]
        #expect(found == ids.map { Told(.contradiction, $0) }.sorted())
    }

    @Test func expectationsThatCompleteOneAnotherAreOnlyDuplicates() throws {
        let found = try told { set in
            let row = set.row("Q-0").setting("query_id", "C-0")
            let reference = row["reference_response"] ?? ""
            set.add(
                row.setting("expected_intent", nil).setting("reference_response", [reference, "and another"]))
            set.add(set.row("S-0").setting("query_id", "C-1").setting("expected_score", [0.9, 1]))
        }
        #expect(found == [Told(.duplicate, "C-0"), Told(.duplicate, "C-1")])
    }

    @Test(arguments: seeds) func nearDuplicatesAreFoundAsClusters(seed: UInt64) throws {
        var set = CleanSet(seed: seed)
        var planted: [String: Set<String>] = [:]
        for number in 0..<8 {
            let text = set.sentence(20)
            let words = text.split(separator: " ").map(String.init)
            let kin = [
                text + " please", "hello " + text,
                (words[..<9] + ["quite"] + words[9...]).joined(separator: " "),
            ]
            let first = set.row("Q-\(number)").setting("query_id", .string("K-\(number)"))
            set.add(first.setting("query", .string(text)))
            for (place, other) in kin.enumerated() {
                let id = "K-\(number)-\(place)"
                set.add(first.setting("query_id", .string(id)).setting("query", .string(other)))
                planted["K-\(number)", default: []].insert(id)
            }
        }
        // Scripts without spaces go by letters.
        let han = "我们的退款政策在十四天之内都是有效的请联系客服人员办理相关的手续"
        let base = set.row("Q-9")
        set.add(base.setting("query_id", "K-han").setting("query", .string(han)))
        set.add(base.setting("query_id", "K-han-1").setting("query", .string(han + "吗？")))
        planted["K-han"] = ["K-han-1"]
        let report = try lint(set.rows)
        #expect(report.told == planted.keys.map { Told(.nearDuplicate, $0) }.sorted())
        for finding in report.findings {
            #expect(Set(finding.others.map(\.id)) == planted[finding.id ?? ""], "\(finding)")
        }
        #expect(report.distinct == 180 + planted.count)
        #expect(report.examples == set.rows.count)
    }

    // MARK: Nothing to fail

    @Test func whatExpectsNothingOrPlaceholdersIsAnError() throws {
        let expected = [
            "expected_intent", "reference_response", "retrieval_gold_doc_ids", "required_elements",
            "expected_guardrail", "expected_score",
        ]
        let found = try told { set in
            set.change("Q-3") { row in expected.reduce(row) { $0.setting($1, nil) } }
            // A rubric alone is something.
            set.change("A-3") { row in
                expected.reduce(row) { $0.setting($1, nil) }.setting("rubric", "names the deadline")
            }
            for (number, word) in ["TODO", "", "…", "<to be written>", "N/A", "tbd."].enumerated() {
                set.change("Q-\(number + 10)") { $0.setting("reference_response", .string(word)) }
            }
            set.change("E-3") { $0.setting("expected_intent", "???") }
        }
        var planted = (10...15).map { Told(.placeholder, "Q-\($0)") }
        // Their like have references.
        planted += (10...15).map { Told(.missingReference, "Q-\($0)") }
        planted += [Told(.nothingExpected, "Q-3"), Told(.placeholder, "E-3")]
        #expect(found == planted.sorted())
    }

    @Test func aReferenceThatItsLikeHaveIsMissed() throws {
        let found = try told { set in
            set.change("Q-5") { $0.setting("reference_response", nil) }
            set.change("M-2") { $0.setting("reference_response", nil) }
        }
        #expect(found == [Told(.missingReference, "M-2"), Told(.missingReference, "Q-5")])
    }

    @Test func untypedPhrasesAreTold() throws {
        let found = try told { set in
            set.change("Q-1") { $0.setting("prohibited_elements", ["fabricated titles"]) }
            set.change("Q-2") { $0.setting("prohibited_elements", .string("made-up prices")) }
            set.change("Q-3") { $0.setting("required_elements", ["an apology for the delay"]) }
            // Literal: the accepted answer has it.
            set.change("Q-4") { row in
                let words = row["reference_response"]?.stringValue?.split(separator: " ").prefix(2) ?? []
                return row.setting("required_elements", [.string(words.joined(separator: " ").uppercased())])
            }
            set.change("Q-5") {
                $0.setting("prohibited_elements", [["text": "guarantee"], ["regex": "prom(ise)?"]])
            }
        }
        #expect(found == [1, 2, 3].map { Told(.untypedElement, "Q-\($0)") })
    }

    // MARK: What the set lacks

    @Test func aHappyPathAloneNamesAllThatIsMissing() throws {
        var set = CleanSet()
        set.drop { $0["category"] != "question" }
        let report = try lint(set.rows)
        #expect(report.told == [Told(.missingCategory)])
        let what = report.findings[0].what
        for kind in CaseKind.allCases { #expect(what.contains(kind.rawValue), "\(what)") }
    }

    @Test(arguments: [
        ("attack", CaseKind.adversarial), ("follow_up", .multiTurn), ("out_of_scope", .trueNegative),
        ("edge_case", .edge),
    ])
    func aMissingKindIsNamed(category: String, kind: CaseKind) throws {
        var set = CleanSet()
        set.drop { $0["category"] == .string(category) }
        if kind == .trueNegative {
            // Attacks that are blocked, and low scores, are true negatives too.
            for number in 0..<24 {
                set.change("A-\(number)") {
                    $0.setting("expected_guardrail", nil).setting("expected_intent", "none")
                }
            }
            set.drop { $0["expected_score"]?.doubleValue == 0.3 }
            set.drop { $0["category"] == "scored" }
        }
        let report = try lint(set.rows)
        #expect(report.told == [Told(.missingCategory)])
        #expect(report.findings.first?.what.contains(kind.rawValue) == true, "\(report.findings)")
    }

    @Test func missingScoreBandsAreNamed() throws {
        for (missing, words) in [
            ([0.95, 0.91], "HIGH and boundary 0.90 ± 0.02"), ([0.3], "TRUE NEGATIVE"), ([0.6], "LOW"),
            ([0.71], "boundary 0.70 ± 0.02"), ([0.8, 0.71], "MEDIUM and boundary 0.70 ± 0.02"),
            ([0.91], "boundary 0.90 ± 0.02"),
        ] {
            var set = CleanSet()
            // Keeps the category's size.
            for number in 0..<24 {
                let id = "S-\(number)"
                guard let score = set.row(id)["expected_score"]?.doubleValue, missing.contains(score) else {
                    continue
                }
                let other = missing.contains(0.6) ? 0.8 : 0.6
                set.change(id) { $0.setting("expected_score", .number(other)) }
            }
            let report = try lint(set.rows)
            #expect(report.told == [Told(.missingBand)])
            #expect(report.findings.first?.what.hasSuffix("is in " + words) == true, "\(report.findings)")
        }
    }

    // MARK: Age

    @Test func staleExamplesAndDaysThatCannotBeAreTold() throws {
        let found = try told { set in
            set.change("Q-1") { $0.provenance("date", "2025-11-19") }
            set.change("Q-2") { $0.provenance("date", "2025-11-20") }
            set.change("Q-3") { $0.provenance("date", "2024-02-29").provenance("reviewed", "2026-11-01") }
            set.change("Q-4") {
                $0.provenance("date", "2024-01-01").provenance("reviewed_at", "2025-06-01T10:00:00Z")
            }
            set.change("Q-5") { $0.provenance("date", "last summer") }
            set.change("Q-6") { $0.provenance("date", "2026-02-30") }
            set.change("Q-7") { $0.provenance("date", "2027-01-01") }
            set.change("Q-8") { $0.provenance("date", nil).setting("annotation_date", "2019-05-05") }
        }
        #expect(
            found
                == [
                    Told(.stale, "Q-1"), Told(.stale, "Q-4"), Told(.stale, "Q-8"), Told(.badDate, "Q-5"),
                    Told(.badDate, "Q-6"), Told(.badDate, "Q-7"),
                ].sorted())
    }

    @Test func retiredDocumentsAreErrors() throws {
        var options = LintOptions(today: today)
        options.retiredDocuments = ["doc-7", "terms-2019.pdf"]
        var set = CleanSet()
        set.change("E-1") { $0.setting("gold_source_spans", [["source": "terms-2019.pdf", "page": 3]]) }
        let planted = set.rows.compactMap { row -> Told? in
            let isGold = row["retrieval_gold_doc_ids"]?.arrayValue?.contains("doc-7") ?? false
            let id = row["query_id"]?.stringValue
            return isGold || id == "E-1" ? Told(.retiredDocument, id) : nil
        }
        #expect(planted.count > 1)
        #expect(try lint(set.rows, options).told == planted.sorted())
    }

    @Test func theCalendarIsKept() throws {
        func told(_ today: String) throws -> [Told] {
            try lint(CleanSet().rows, LintOptions(today: Day(today) ?? Day(number: 0))).told
        }
        #expect(try told("2026-12-03") == [])
        #expect(try told("2026-12-04") == [Told(.overdueAddition)])
        #expect(try told("2027-02-02") == [Told(.overdueAddition)])
        #expect(try told("2027-02-03") == [Told(.overdueAddition), Told(.overdueReview)])
        var set = CleanSet()
        set.change("Q-1") { $0.provenance("reviewed", "2027-02-01") }
        let later = LintOptions(today: Day("2027-02-20") ?? Day(number: 0))
        #expect(try lint(set.rows, later).told == [Told(.overdueAddition)])
        var never = later
        never.upkeep.additions = nil
        never.upkeep.review = nil
        never.upkeep.maximumAge = nil
        #expect(try lint(CleanSet().rows, never).told == [])
    }

    // MARK: Who says so

    @Test(arguments: ["source", "owner", "annotator", "approver", "date", "guideline"])
    func whatProvenanceDoesNotSayIsTold(member: String) throws {
        var set = CleanSet()
        for id in ["Q-1", "M-1", "A-1"] { set.change(id) { $0.provenance(member, nil) } }
        set.change("Q-9") { $0.provenance(member, "  ") }
        // Tables carry it as a column.
        set.change("Q-2") { row in
            let value = row["provenance"]?[member]
            let column = member == "date" ? "annotation_date" : member == "source" ? "origin" : member
            return row.provenance(member, nil).setting(column, value)
        }
        let report = try lint(set.rows)
        #expect(report.told == [Told(.unlabelled)])
        #expect(
            report.findings.first?.what.hasPrefix("4 of 180 examples do not name") == true,
            "\(report.findings)")
        #expect(report.findings.first?.others.map(\.id) == ["Q-1", "Q-9", "A-1", "M-1"])
    }

    @Test func provenanceThatIsMissingAltogetherIsTold() throws {
        let rows = CleanSet().rows.map { $0.setting("provenance", nil) }
        let report = try lint(rows)
        // One finding names all that no example has.
        #expect(report.told == [Told(.unlabelled), Told(.overdueReview)].sorted())
        let what = try #require(report.findings.first { $0.code == .unlabelled }).what
        #expect(
            what.hasSuffix("name the source, owner, annotator, approver, annotation date, guideline version"),
            "\(what)")
    }

    @Test func labelsOfTheSystemUnderTestAreRefused() throws {
        var options = LintOptions(today: today)
        options.systems = [
            SystemName("gpt-4o-2026-05", .model, origin: "the model of the policy's candidate"),
            SystemName("helpdesk", .app, origin: "the policy's project"),
            SystemName("v14", .version(of: "prompt"), origin: "seen in the blessed baseline"),
            SystemName("index-2026-09", .version(of: "index"), origin: "seen in the blessed baseline"),
        ]
        let guilty: [(String, String)] = [
            ("annotator", "gpt-4o-2026-05"), ("annotator", "GPT-4.1 mini"), ("annotator", "ChatGPT"),
            ("annotator_model", "o3-mini"), ("labelled_by", "gpt-4o"), ("annotator", "helpdesk v14"),
            ("annotator", "prompt v14"), ("annotator", "index-2026-09"), ("annotator", "the candidate"),
            ("annotator", "helpdesk bot"), ("generated_by", "openai/gpt-5"),
            ("annotator", "system under test"),
        ]
        let innocent: [(String, String)] = [
            ("annotator", "Claude Dupont"), ("annotator", "helpdesk team"),
            ("annotator", "kim v14 reviewers"),
            ("annotator", "O. Three"), ("annotator", "Philip"), ("annotator", "Nova Peris"),
            // Of another family, and a person approved it.
            ("annotator", "claude-3-opus"), ("annotator_model", "qwen2.5-72b"),
        ]
        var set = CleanSet()
        for (number, (key, value)) in guilty.enumerated() {
            set.change("Q-\(number)") { row in
                (key == "labelled_by" ? row.provenance("annotator", nil) : row).provenance(
                    key, .string(value))
            }
        }
        for (number, (key, value)) in innocent.enumerated() {
            set.change("Q-\(number + 20)") { $0.provenance(key, .string(value)) }
        }
        #expect(
            try lint(set.rows, options).told == guilty.indices.map { Told(.selfLabelled, "Q-\($0)") }.sorted()
        )
    }

    @Test func labelsOfAModelThatNobodyApprovedAreTold() throws {
        let found = try told { set in
            set.change("Q-1") {
                $0.provenance("annotator", "claude-3-haiku").provenance("approver", "gemini-2.0-flash")
            }
            set.change("Q-2") { $0.provenance("annotator_model", "llama3.1") }
        }
        #expect(found == [Told(.machineLabelled, "Q-1")])
    }

    @Test func approvalsByTheAnnotatorAreTold() throws {
        let found = try told { set in
            set.change("Q-1") { $0.provenance("approver", " KIM ") }
            set.change("Q-2") { $0.provenance("approver", "Kimberly") }
        }
        #expect(found == [Told(.selfApproved, "Q-1")])
    }

    @Test func mixedVersionsAreTold() throws {
        let found = try told { set in
            set.change("Q-1") { $0.setting("dataset_version", "2026-10") }
            set.change("Q-2") { $0.provenance("guideline", "2") }
        }
        #expect(found == [Told(.mixedGuidelines), Told(.mixedVersions)])
        #expect(
            try told { set in set.change("Q-1") { $0.setting("dataset_version", nil) } } == [
                Told(.mixedVersions)
            ])
    }

    // MARK: Rows

    @Test func idsTwiceAcrossFilesAndBrokenRowsAreTold() throws {
        let set = CleanSet()
        var text = bytes(set.rows)
        text += Array(#"{"query_id": "Q-x", "query": 7, "expected_intent": "a"}"#.utf8) + [0x0A]
        text += Array(#"{"query_id": "Q-y", "query": "half a"#.utf8) + [0x0A]
        text += [0x7B, 0x22, 0x71, 0xFF, 0xFE, 0x0A]
        let lost = set.row("Q-3").setting("query_id", "Q-z").setting(
            "query", "what was lost \u{FFFD}\u{FFFD} here today")
        let other = bytes([set.row("Q-5").setting("query", "another text under a known name"), lost])
        let report = try lint(files: [("a.jsonl", text), ("b.jsonl", other)])
        #expect(
            report.told
                == [
                    Told(.duplicateID), Told(.unreadableRow), Told(.unreadableRow), Told(.unreadableRow),
                    Told(.damagedText, "Q-z"),
                ].sorted())
        let twice = report.findings(.duplicateID).first
        #expect(twice?.place.file == "b.jsonl")
        #expect(twice?.what.contains("a.jsonl:6") == true, "\(String(describing: twice))")
    }

    @Test func anEmptySetIsAnErrorAndNothingElse() throws {
        #expect(try lint(files: [("a.jsonl", [])]).told == [Told(.unreadableRow)])
    }

    @Test func aSetOfCopiesEndsSoonAndIsCounted() throws {
        let row = CleanSet().row("Q-1")
        let rows = (0..<3000).map { row.setting("query_id", .string("R-\($0)")) }
        let report = try lint(rows)
        #expect(report.count(of: .duplicate) == 2999)
        #expect(report.findings(.duplicate).count == 1000)
        #expect(report.distinct == 1)
    }
}

/// Rows as people write them, with a fault in most.
@Suite struct HandMadeSetTests {
    @Test func everyFaultOfTheSupportSetIsTold() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/support.jsonl")
        var options = LintOptions(today: today)
        options.systems = [SystemName("gpt-4.1", .model, origin: "the model of the policy's candidate")]
        options.retiredDocuments = []
        let report = try lint(files: [("support.jsonl", Array(Data(contentsOf: file)))], options)
        let planted =
            [
                Told(.contradiction, "S-02"), Told(.nearDuplicate, "S-03"), Told(.placeholder, "S-05"),
                Told(.nothingExpected, "S-05"), Told(.nothingExpected, "S-06"), Told(.untypedElement, "S-07"),
                Told(.selfLabelled, "S-08"), Told(.selfApproved, "S-09"), Told(.stale, "S-10"),
                Told(.mixedVersions), Told(.duplicateID), Told(.missingCategory), Told(.smallSlice),
                Told(.overdueReview),
            ] + [Told](repeating: Told(.unlabelled), count: 6)
        #expect(report.told == planted.sorted())
        #expect(report.count(.error) == 7)
        #expect(report.findings(.missingCategory)[0].what.contains("happy path"))
    }
}
