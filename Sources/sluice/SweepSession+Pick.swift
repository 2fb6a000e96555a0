import Domain
import Notation
import Reporting
import Storage
import Sweeping

extension SweepSession {
    /// Writes down which variant was chosen, why and by whom.
    func pick(_ name: String, _ report: SweepReport) throws {
        guard let who = arguments.value("as") ?? MachineFacts.person() else {
            throw Arguments.Problem(message: "say who chooses: --as PERSON", hint: nil)
        }
        guard
            let decision = SweepDecision(
                report, chosen: name, why: arguments.value("why") ?? "", who: who,
                decidedAt: MachineFacts.now().text)
        else {
            let names = report.variants.filter(\.isMeasured).map(\.variant.name).joined(separator: ", ")
            throw StoreError(
                .missing, "sweep \(report.facts.sweep) measured no variant '\(name)'; there are \(names)")
        }
        let json = DecisionJSON.render(decision)
        let path = try RecordFolder.write(
            decision.name, in: session.file.folder + "decisions",
            [
                ("decision.json", Array(json.utf8)),
                ("decision.md", Array(SweepMarkdown.render(decision).utf8)),
            ])
        for caution in decision.cautions { console.error("note: \(Sluice.printable(caution))") }
        if arguments.has("json") {
            console.out(json)
        } else {
            console.out(
                "picked \(Sluice.printable(name)) of sweep \(report.facts.sweep), by \(Sluice.printable(who)): "
                    + "\(Sluice.printable(decision.why))\ncommit \(path)/decision.md and decision.json\n")
        }
    }
}
