import Domain
import Foundation
import Metrics
import Testing

/// trec_eval's own regression tests, printed value by printed value.
struct TrecEvalOutput {
    let data: String

    private func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: data + "/" + name)))
    }

    /// Values printed, and those of them that were wrong.
    func check(
        _ expected: String, qrels: String = "qrels.test", run: String = "results.test",
        _ words: [String] = ["official"], topics: Bool = false, level: Int32 = 1, depth: Int = .max,
        complete: Bool = false
    ) throws -> Int {
        let files = try TrecFiles(
            judgements: bytes(qrels), ranking: bytes(run), level: level, depth: depth,
            countsMissing: complete)
        let report = TrecReport(
            files, try words.flatMap { try TrecMeasure.named($0) }, showsTopics: topics)
        var ours: [String: TrecReport.Line] = [:]
        for line in report.lines { ours[line.measure + " " + line.topic] = line }
        var checked = 0
        let text = String(decoding: try bytes(expected), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
            guard fields.count == 3, fields[0] != "runid" else { continue }
            let own = try #require(ours[fields[0] + " " + fields[1]], "\(expected): \(line)")
            checked += 1
            if let text = own.text {
                #expect(text == fields[2], "\(line)")
            } else if own.isCount {
                #expect(Int(own.value ?? -1) == Int(fields[2]), "\(line): \(own)")
            } else {
                #expect(String(format: "%.4f", own.value ?? -1) == fields[2], "\(line): \(own.value ?? -1)")
            }
        }
        #expect(checked > 20)
        return checked
    }
}

@Suite(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"] != nil))
struct CorpusTrecEvalTests {
    private let output = TrecEvalOutput(
        data: (ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"] ?? "") + "/trec-eval")

    @Test func officialMeasures() throws {
        #expect(try output.check("out.test") == 29)
        #expect(try output.check("out.test", qrels: "qrels.test.with-comments") == 29)
    }

    @Test func allMeasures() throws {
        #expect(try output.check("out.test.a", ["all_trec"]) == 98)
        #expect(try output.check("out.test.aq", ["all_trec"], topics: true) == 386)
    }

    @Test func missingTopicsCountWhereAsked() throws {
        let count = try output.check(
            "out.test.aqc", run: "results.trunc", ["all_trec"], topics: true, complete: true)
        #expect(count > 290)
        _ = try output.check(
            "out.test.aqcM", run: "results.trunc", ["all_trec"], topics: true, depth: 100, complete: true)
    }

    @Test func gradesAndAHigherLevelOfRelevance() throws {
        let count = try output.check(
            "out.test.aql", qrels: "qrels.rel_level", ["all_trec", "relstring.20"], topics: true, level: 2)
        #expect(count == 386)
    }

    @Test func parametersOfMeasures() throws {
        let count = try output.check(
            "out.test.meas_params",
            [
                "iprec_at_recall..10,.20,.25,.75,.50", "P.5,7,3", "recall.20,2000", "Rprec_mult.5.0,0.2,0.35",
                "utility.2,-1,0,0", "11pt_avg..25,.5,.75", "ndcg.1=3,2=9,4=4.5", "ndcg_cut.10,20,23.4",
                "success.2,5,20",
            ], topics: true)
        #expect(count == 88)
    }

    /// What of trec_eval's own tests is not offered, and why.
    static let leftOut = [
        "out.test.prefs, out.comment.test, out.test.qrels_prefs":
            "preference judgements between pairs of documents: no data set of ours can hold them",
        "out.test.qrels_jg": "several groups of judges with a judgement each: one judgement a document here",
        "out.test.aqZ": "z-scores over a table of other systems' means: a table of the track, not of a run",
    ]
}

/// Which trec_eval it is: version 9 and the one after it differ in two things, and pytrec_eval-terrier 0.5.11 (version 9)
/// says otherwise in both.
struct TrecVersionTests {
    private func value(_ measure: String, _ qrels: String, _ run: String) throws -> Double? {
        let files = try TrecFiles(judgements: Array(qrels.utf8), ranking: Array(run.utf8))
        let report = TrecReport(files, try TrecMeasure.named(measure), showsTopics: false)
        return report.lines.first { $0.topic == "all" }?.value
    }

    /// In 32 bits both scores are equal, and b would stand first: 0.5.
    @Test func scoresAreComparedIn64Bits() throws {
        let run = "t Q0 a 1 0.300000001 x\nt Q0 b 2 0.3 x\n"
        #expect(try value("recip_rank", "t 0 a 1\nt 0 b 0\n", run) == 1)
    }

    @Test func sharesOfRecallAreRounded() throws {
        let qrels = "t 0 a 1\nt 0 b 1\nt 0 c 1\n"
        let run = "t Q0 a 1 9 x\nt Q0 x 2 8 x\nt Q0 b 3 7 x\nt Q0 c 4 6 x\n"
        // 0.4 of 3 is 1.2: one document here, precision 1; two documents in version 9, precision 3/4.
        #expect(try value("iprec_at_recall.0.4", qrels, run) == 1)
    }
}
