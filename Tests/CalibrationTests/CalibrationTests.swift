import Domain
import Metrics
import Notation
import Statistics
import Testing

@testable import Calibration

/// Numbers of a calibration; expected ones by hand or from the statistics' own tests.
@Suite struct CalibrationTests {
    private typealias Item = VerdictCalibration.Item

    /// 20 and 5, 10 and 15: Cohen's κ .4, as J. Cohen's formula gives it.
    private static func table() -> [Item] {
        func items(_ count: Int, _ human: Double, _ judge: Double) -> [Item] {
            (0..<count).map { _ in Item(human: human, judge: [judge], passAt: 0.5) }
        }
        return items(20, 1, 1) + items(5, 1, 0) + items(10, 0, 1) + items(15, 0, 0)
    }

    @Test func theConfusionYieldsItsNumbers() throws {
        let found = VerdictCalibration(metric: "toxicity", items: Self.table())
        #expect(
            [found.truePositives, found.falseNegatives, found.falsePositives, found.trueNegatives] == [
                20, 5, 10, 15,
            ])
        #expect(found.accuracy?.sensitivity == 0.8 && found.accuracy?.specificity == 0.6)
        #expect(abs((found.kappa?.value ?? 0) - 0.4) < 1e-12)
        #expect(found.lost == 0)
        #expect(found.sensitivity == (try? wilsonInterval(successes: 20, trials: 25, confidence: 0.90)))
        // Nominal α of the same table: 1 − (n − 1)·disagreements/…: 15 of 50 pairs differ.
        let alpha = try #require(found.alpha)
        #expect(abs(alpha.value - (1 - (15.0 / 50) / (2.0 * 55 * 45 / (100 * 99)))) < 1e-12)
        #expect(alpha.interval.map { $0.lower < alpha.value && alpha.value < $0.upper } == true)
    }

    @Test func verdictsThatAreMissingAreCountedAndNoScore() {
        let items =
            Self.table() + [
                Item(human: 1, judge: [nil], passAt: 0.5), Item(human: 0, judge: [], passAt: 0.5),
            ]
        let found = VerdictCalibration(metric: "toxicity", items: items)
        #expect(found.labels == 52 && found.lost == 2)
        #expect(found.accuracy?.positives == 25)
    }

    @Test func repeatsAreComparedWithTheFirst() {
        let items = [
            Item(human: 1, judge: [1, 1, 0], passAt: 0.5), Item(human: 0, judge: [0, nil, 0], passAt: 0.5),
            Item(human: 0, judge: [nil, 1], passAt: 0.5),
        ]
        let found = VerdictCalibration(metric: "toxicity", items: items)
        #expect(found.consistency?.hits == 2 && found.consistency?.of == 3)
    }

    /// A judge that calls every long answer good.
    @Test func aLeaningTowardsLengthIsSeen() throws {
        let items = (0..<40).map { number in
            Item(human: number % 2 == 0 ? 1 : 0, judge: [number >= 20 ? 1 : 0], passAt: 0.5, length: number)
        }
        let length = try #require(VerdictCalibration(metric: "toxicity", items: items).length)
        #expect(length.longer == 0.5 && length.shorter == -0.5)
        #expect((length.pValue ?? 1) < 1e-6)
    }

    @Test func armsAreToldApart() throws {
        let items = ([Arm.baseline, .candidate] as [Arm]).flatMap { arm in
            (0..<40).map { number in
                let human = Double(number % 2)
                return Item(
                    human: human, judge: [arm == .baseline ? human : 1], passAt: 0.5, arm: arm)
            }
        }
        let found = VerdictCalibration(metric: "toxicity", items: items)
        #expect(found.arms?.baseline.youden == 1 && found.arms?.candidate.youden == 0)
        #expect((found.armsDiffer ?? 1) < 1e-6)
    }

    @Test func placesThatDecideAreSeen() throws {
        // The judge always takes what stands first.
        let items = (0..<30).map { number in
            PairCalibration.Item(
                human: number % 2 == 0 ? .first : .second, written: [.first], swapped: [.second],
                lengths: (first: 10, second: 20))
        }
        let found = PairCalibration(metric: "preference", items: items)
        #expect(found.same == 0 && found.consistency?.value == 0)
        #expect(found.firstPlace?.value == 1)
        #expect((found.firstPlaceP ?? 1) < 1e-6)
        #expect(found.accuracy?.sensitivity == 0)
        // Wrong choices: second (longer) where people say first, first (shorter) where they say second.
        #expect(found.longer?.hits == 15 && found.longer?.of == 30)
    }

    // MARK: - Passing

    private func labels(_ rows: [(String, String)], metric: String = "toxicity") -> [Label] {
        var reader = LabelReader(path: "labels.jsonl")
        let lines = rows.enumerated().map {
            "{\"id\": \"\($0.offset)\", \"metric\": \"\(metric)\", \"label\": \($0.element.0), \"judge\": \($0.element.1), \"locale\": \"\($0.offset % 3 == 0 ? "de" : "en")\"}"
        }
        reader.read(Array(lines.joined(separator: "\n").utf8))
        #expect(reader.problems == [])
        return reader.labels
    }

    private func result(
        _ rows: [(String, String)], _ change: (inout JudgePolicy.Thresholds) -> Void = { _ in },
        injections: InjectionReport? = nil
    ) throws -> MetricCalibration {
        var run = CalibrationRun()
        change(&run.thresholds)
        return try #require(
            run.results(
                labels(rows), identity: { _ in ["p"] },
                injections: injections.map { ["toxicity": $0] } ?? [:]
            ).first)
    }

    private static let good: [(String, String)] = (0..<40).map {
        ($0 % 2 == 0 ? "1" : "0", $0 % 2 == 0 ? "true" : "\"no\"")
    }

    @Test func aJudgeThatAgreesPasses() throws {
        #expect(try result(Self.good).shortcomings == [])
        let slices = try result(Self.good).slices
        #expect(slices.map { "\($0.column) \($0.value)" } == ["locale de", "locale en"])
    }

    /// Slices of fewer than five labels are named, and nothing is said of them: in words, and in the record.
    @Test func sliceWithFewLabelsAreNamed() throws {
        let few = try result(Array(Self.good[..<12]))
        #expect(few.slices.map(\.labels) == [4, 8])
        #expect(few.slices.map { $0.body == nil } == [true, false])
        let text = CalibrationText.render([few], judge: "j", fresh: true)
        #expect(
            text.contains("locale de                 too few (4): nothing is said of fewer than 5"), "\(text)"
        )
        let record = CalibrationRecord(judge: nil, labels: "x", isFresh: true, made: "d", results: [few])
        let slices = record.json["metrics"]?[0]?["slices"]
        #expect(slices?[0]?["too_few"] == true && slices?[0]?["labels"] == 4 && slices?[0]?["kappa"] == .null)
        #expect(slices?[1]?["too_few"] == false && slices?[1]?["overall"]?["positives"] == 4)
        #expect(try CalibrationRecord(record.json).json == record.json)
    }

    /// What changed is named, so that it can be put back or calibrated for.
    @Test(arguments: [
        (["p2", "reader 3", "votes 1 majority", "texts redacted"], "the prompt 'correctness' changed"),
        (
            ["p", "reader 4", "votes 1 majority", "texts redacted"],
            "the reader of verdicts was '3' and is '4'"
        ),
        (
            ["p", "reader 3", "votes 3 mean", "texts as they are"],
            "judge.votes with judge.rule was '1 majority' and is '3 mean', judge.redact (texts) was 'redacted' and is "
                + "'as they are'"
        ),
        (
            ["p", "reader 3", "votes 1 majority", "texts redacted", "words d1"],
            "the policy's own words in its prompt changed"
        ),
    ])
    func whatChangedSinceIsNamed(_ now: [String], _ words: String) {
        let was = ["p", "reader 3", "votes 1 majority", "texts redacted"]
        #expect(CalibrationIdentity.change(from: was, to: now, of: "correctness") == words)
        #expect(CalibrationIdentity.change(from: was, to: was, of: "correctness") == nil)
        let rubric = CalibrationIdentity.change(
            from: was + ["words a"], to: was + ["words b"], of: "rubric[clarity]")
        #expect(rubric == "the policy's words or scale of rubric[clarity] changed")
    }

    /// A record that fell short of stricter thresholds holds by today's: the figures are what they are.
    @Test func loosenedThresholdsAreHeldAgainstTheFigures() throws {
        let judge = JudgeIdentity(kind: "openai", model: "judge-1", address: "http://h/v1")
        let strict = try result(Self.good) { $0.labels = 50 }
        #expect(!strict.passes)
        let record = CalibrationRecord(judge: judge, labels: "x", isFresh: true, made: "d", results: [strict])
        func refusal(_ least: Int) -> String? {
            var thresholds = JudgePolicy.Thresholds()
            thresholds.labels = least
            return record.refusal(metric: "toxicity", identity: ["p"], judge: judge, least: thresholds)
        }
        #expect(
            refusal(50)
                == "the judge did not pass its calibration: there are 40 labels, and at least 50 are asked for"
        )
        #expect(refusal(40) == nil)
    }

    @Test func whatIsLackingIsSaid() throws {
        #expect(
            try result(Array(Self.good[..<20])).shortcomings == [
                "there are 20 labels, and at least 30 are asked for"
            ])
        let guessing = (0..<40).map { ($0 % 2 == 0 ? "1" : "0", $0 % 4 < 2 ? "1" : "0") }
        let found = try result(guessing).shortcomings
        #expect(found.contains("κ is 0, and at least 0.6 is asked for"), "\(found)")
        #expect(found.contains { $0.contains("not proven to be above 0") })
        let oneKind = (0..<40).map { _ in ("1", "1") }
        #expect(try result(oneKind).shortcomings.contains { $0.contains("all items to be of one kind") })
        let holes = Self.good.enumerated().map { ($0.element.0, $0.offset < 3 ? "null" : $0.element.1) }
        #expect(try result(holes).shortcomings == ["3 of 40 verdicts are missing: more than 5 %"])
        #expect(
            try result(Self.good, { $0.injections = 0.05 }).shortcomings
                == ["how often injections move a verdict is not known; calibrate with --injections"])
        let moved = InjectionReport([.init(name: "order", moved: 3, of: 10, lost: 0)])
        #expect(
            try result(Self.good, { $0.injections = 0.05 }, injections: moved).shortcomings
                == ["injections move 30 % of the verdicts, and at most 5 % are allowed"])
        #expect(try result(Self.good, { $0.selfConsistency = 0.9 }).shortcomings.count == 1)
    }

    // MARK: - Correction

    /// `Numbers to reproduce`: q0 .75, q1 .92, 40 and 60 labels, 3,350 of 4,000 → .876866, SE .0483239.
    @Test func ratesWithoutLabelsAreCorrected() throws {
        func items(_ count: Int, _ human: Double, _ judge: Double) -> [Item] {
            (0..<count).map { _ in Item(human: human, judge: [judge], passAt: 0.5) }
        }
        // Sensitivity .92 would take 55.2 of 60: the nearest whole table.
        let calibration = VerdictCalibration(
            metric: "m", items: items(55, 1, 1) + items(5, 1, 0) + items(30, 0, 0) + items(10, 0, 1))
        let found = Correction(judged: 4000, passes: 3350, calibration, isRandom: false)
        let expected = (0.8375 + 0.75 - 1) / (55.0 / 60 + 0.75 - 1)
        #expect(abs((found.roganGladen?.value ?? 0) - expected) < 1e-12)
        #expect(found.predictionPowered == nil)
        // 70 both, 10 judge only, 5 human only, 15 neither; 4,000 at .8375: PPI++ .777025, SE .035987.
        let random = VerdictCalibration(
            metric: "m", items: items(70, 1, 1) + items(5, 1, 0) + items(10, 0, 1) + items(15, 0, 0))
        let powered = Correction(judged: 4000, passes: 3350, random, isRandom: true).predictionPowered
        #expect(abs((powered?.estimate.value ?? 0) - 0.777025) < 1e-6)
        #expect(abs((powered?.estimate.standardError ?? 0) - 0.035987) < 1e-6)
    }

    // MARK: - The record

    @Test func aRecordIsReadBackAndHoldsForItsOwnJudgeAlone() throws {
        let judge = JudgeIdentity(kind: "openai", model: "judge-1", address: "http://h/v1")
        let result = try result(Self.good)
        let record = CalibrationRecord(
            judge: judge, labels: "sha256:x", isFresh: true, made: "2026-11-20", results: [result])
        let read = try CalibrationRecord(try JSONValue.parse(record.json.bytes()))
        #expect(read.json == record.json)
        #expect(read.refusal(metric: "toxicity", identity: ["p"], judge: judge) == nil)
        #expect(read.accuracy(of: "toxicity")?.overall.positives == 20)
        #expect(
            read.refusal(metric: "tone", identity: ["p"], judge: judge)
                == "the judge was not calibrated on tone")
        #expect(
            read.refusal(metric: "toxicity", identity: ["q"], judge: judge)
                == "the prompt 'toxicity' changed since the calibration; run 'sluice judge calibrate --ask' again"
        )
        let other = JudgeIdentity(kind: "openai", model: "judge-2", address: "http://h/v1")
        #expect(
            read.refusal(metric: "toxicity", identity: ["p"], judge: other)?.contains(
                "of the judge 'judge-1'") == true)
        let failing = CalibrationRecord(
            judge: judge, labels: "x", isFresh: true, made: "d",
            results: [try self.result(Array(Self.good[..<20]))])
        #expect(
            failing.refusal(metric: "toxicity", identity: ["p"], judge: judge)?.contains("did not pass")
                == true)
        let recorded = CalibrationRecord(
            judge: nil, labels: "x", isFresh: false, made: "d", results: [result])
        #expect(
            recorded.refusal(metric: "toxicity", identity: ["p"], judge: judge)?.contains("--ask") == true)
    }

    /// What the policy asks for today is held against the record, by the same rules as when it was made; what the record
    /// does not know falls short.
    @Test func todaysThresholdsAreHeldAgainstTheRecord() throws {
        let judge = JudgeIdentity(kind: "openai", model: "judge-1", address: "http://h/v1")
        let record = CalibrationRecord(
            judge: judge, labels: "x", isFresh: true, made: "d", results: [try result(Self.good)])
        let read = try CalibrationRecord(try JSONValue.parse(record.json.bytes()))
        func refusal(_ change: (inout JudgePolicy.Thresholds) -> Void) -> String? {
            var least = JudgePolicy.Thresholds()
            change(&least)
            return read.refusal(metric: "toxicity", identity: ["p"], judge: judge, least: least)
        }
        #expect(refusal { $0.alpha = 0.9 } == nil)
        #expect(refusal { $0.labels = 41 }?.contains("there are 40 labels, and at least 41") == true)
        #expect(refusal { $0.selfConsistency = 0.9 }?.contains("self-consistency is not known") == true)
        #expect(refusal { $0.injections = 0.5 }?.contains("injections move a verdict is not known") == true)
        for change in [{ $0.alpha = 0.9 }, { $0.selfConsistency = 0.5 }, { $0.injections = 0.1 }]
            as [(inout JudgePolicy.Thresholds) -> Void]
        {
            var least = JudgePolicy.Thresholds()
            change(&least)
            #expect(
                read.metrics[0].figures.shortcomings(least) == (try result(Self.good, change).shortcomings))
        }
    }

    /// Of pairs: the orders' agreement and the place are part of the record.
    @Test func aRecordHoldsWhatTheOrderDoes() throws {
        var reader = LabelReader(path: "l")
        let lines = (0..<40).map { number in
            let human = number % 2 == 0 ? "first" : "second"
            let swapped = number < 10 ? (number % 2 == 0 ? "second" : "first") : human
            return
                "{\"id\": \"\(number)\", \"metric\": \"preference\", \"label\": \"\(human)\", \"judge\": \"\(human)\", \"judge_swapped\": \"\(swapped)\"}"
        }
        reader.read(Array(lines.joined(separator: "\n").utf8))
        let result = try #require(CalibrationRun().results(reader.labels, identity: { _ in [] }).first)
        let record = CalibrationRecord(judge: nil, labels: "x", isFresh: true, made: "d", results: [result])
        let figures = try CalibrationRecord(try JSONValue.parse(record.json.bytes())).metrics[0].figures
        #expect(figures == result.figures)
        #expect(figures.orders?.consistency == 0.75 && figures.asked == 80)
        var least = JudgePolicy.Thresholds()
        least.orderConsistency = 0.9
        #expect(
            figures.shortcomings(least).contains("order consistency is 0.75, and at least 0.9 is asked for"))
    }

    /// That no injected asking came to a verdict does not say that none was moved.
    @Test func lostInjectionsAreNotNoneMoved() throws {
        let lost = InjectionReport([.init(name: "order", moved: 0, of: 0, lost: 10)])
        let found = try result(Self.good, { $0.injections = 0.05 }, injections: lost)
        #expect(found.figures.injectionsMoved == nil)
        #expect(found.shortcomings.count == 1)
        let record = CalibrationRecord(judge: nil, labels: "x", isFresh: true, made: "d", results: [found])
        #expect(record.json["metrics"]?[0]?["injections_moved"] == .null)
    }

    @Test(arguments: [
        ("{}", "/format: it is no calibration"),
        ("{\"format\": \"other\"}", "/format: it is of the form 'other'"),
        ("{\"format\": \"sluice.calibration/2\"}", "/judge is no text"),
    ])
    func whatIsNoRecordIsRefused(_ text: String, _ cause: String) throws {
        let value = try JSONValue.parse(text)
        #expect { try CalibrationRecord(value) } throws: { error in
            let words = (error as? CalibrationRecord.Unreadable)?.cause ?? ""
            return words.hasPrefix(cause) && words.hasSuffix("sluice judge calibrate --ask")
        }
    }

    /// A figure that cannot be is no figure that is not known.
    @Test(arguments: [
        ("\"kappa\": ", "\"high\"", "/metrics/0/kappa is no number"),
        ("\"lost\": ", "-1", "/metrics/0 is no metric"),
        ("\"overall\": ", "{\"positives\": 3}", "/metrics/0/overall is no table of counts"),
    ])
    func aDamagedFigureIsNamed(_ key: String, _ value: String, _ cause: String) throws {
        let record = CalibrationRecord(
            judge: nil, labels: "x", isFresh: true, made: "d", results: [try result(Self.good)])
        var metric = try #require(record.json["metrics"]?[0]?.objectValue)
        metric[String(key.dropFirst().prefix { $0 != "\"" })] = try JSONValue.parse(value)
        var root = try #require(record.json.objectValue)
        root["metrics"] = .array([.object(metric)])
        #expect { try CalibrationRecord(.object(root)) } throws: { error in
            (error as? CalibrationRecord.Unreadable)?.cause.hasPrefix(cause) == true
        }
    }

    // MARK: - Labels

    @Test(arguments: [
        ("[1]", "no JSON object"), ("{\"id\": \"1\"}", "'metric' is missing"), ("not json", "no JSON"),
        ("{\"metric\": \"rouge_l\", \"label\": 1}", "no metric of a judge"),
        (
            "{\"metric\": \"toxicity\", \"label\": \"perhaps\"}",
            "'label' is \"perhaps\", and toxicity takes yes, no"
        ),
        ("{\"metric\": \"preference\", \"label\": \"yes\"}", "first, second or tie"),
        (
            "{\"metric\": \"toxicity\", \"label\": 7}",
            "'label' is 7, and toxicity takes yes, no, pass, fail or a number from 0 to 1"
        ),
        (
            "{\"metric\": \"rubric[clarity]\", \"label\": 4}",
            "name it in the line, \"scale\": [1, 5], or the policy"
        ),
        (
            "{\"metric\": \"rubric[known]\", \"label\": 0}",
            "'label' is 0, and rubric[known] is on the scale from 1 to 5"
        ),
        (
            "{\"metric\": \"rubric[known]\", \"label\": 3, \"judge\": [3, 6]}",
            "'judge' is 6, and rubric[known] is on"
        ),
        ("{\"metric\": \"rubric[known]\", \"label\": 7, \"scale\": [5, 1]}", "write it as \"scale\": [1, 5]"),
        ("{\"metric\": \"toxicity\", \"label\": 1, \"scale\": [0, 1]}", "'scale' is of rubrics alone"),
        (
            "{\"metric\": \"toxicity\", \"label\": 1, \"judge\": \"x\"}",
            "'judge' is \"x\", and toxicity takes"
        ),
        ("{\"metric\": \"toxicity\", \"label\": 1, \"arm\": \"both\"}", "'arm' is baseline or candidate"),
        ("{\"metric\": \"toxicity\", \"label\": 1, \"history\": [1]}", "no turn"),
        (
            "{\"id\": \"a\", \"metric\": \"tone\", \"label\": 1}\n{\"id\": \"a\", \"metric\": \"tone\", \"label\": 1}",
            "stands twice"
        ),
    ])
    func labelsThatCannotBeReadAreNamedByLine(_ text: String, _ cause: String) {
        var reader = LabelReader(path: "l.jsonl", scale: { $0 == "rubric[known]" ? 1...5 : nil })
        reader.read(Array(text.utf8))
        #expect(reader.problems.count == 1)
        #expect(reader.problems.first?.contains(cause) == true, "\(reader.problems)")
        #expect(reader.problems.first?.hasPrefix("l.jsonl:") == true)
    }

    /// A grade on the rubric's scale, as the judge's own is: (grade − lowest) ÷ (highest − lowest).
    @Test func aRubricsLabelIsAGradeOnItsOwnScale() {
        var reader = LabelReader(path: "l.jsonl", scale: { $0 == "rubric[known]" ? 1...5 : nil })
        let lines = [
            #"{"id": "1", "metric": "rubric[known]", "label": 4, "judge": [5, 1, null]}"#,
            #"{"id": "2", "metric": "rubric[known]", "label": 1}"#,
            #"{"id": "3", "metric": "rubric[known]", "label": "pass"}"#,
            #"{"id": "4", "metric": "rubric[known]", "label": 7.5, "scale": [0, 10]}"#,
            #"{"id": "5", "metric": "rubric[other]", "label": 2, "scale": [1, 3]}"#,
            #"{"id": "6", "metric": "rubric[other]", "label": 0.25}"#,
        ]
        reader.read(Array(lines.joined(separator: "\n").utf8))
        #expect(reader.problems == [])
        #expect(reader.labels.map(\.verdict) == [0.75, 0, 1, 0.75, 0.5, 0.25].map { .value($0) })
        #expect(reader.labels[0].judged == [.value(1), .value(0), nil])
    }

    /// To pass is to be as it should be: of what should not be there, 0.
    @Test func wordsOfPassingFollowTheMetricsDirection() {
        let toxic = labels([("\"pass\"", "\"fail\"")])
        #expect(toxic[0].verdict == .value(0) && toxic[0].judged == [.value(1)])
        let right = labels([("\"pass\"", "\"fail\"")], metric: "correctness")
        #expect(right[0].verdict == .value(1) && right[0].judged == [.value(0)])
    }

    @Test func theReportIsPlain() throws {
        let text = CalibrationText.render([try result(Self.good)], judge: "judge-1", fresh: true)
        #expect(text.contains("✓ toxicity  passes"))
        #expect(text.contains("sensitivity       1.000 ["))
        #expect(text.contains("locale de"))
        let failing = CalibrationText.render([try result(Array(Self.good[..<20]))], judge: "j", fresh: false)
        #expect(failing.contains("✗ toxicity  may not gate"))
        #expect(failing.contains("because there are 20 labels"))
    }
}
