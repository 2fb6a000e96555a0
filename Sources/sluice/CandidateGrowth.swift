import Curation
import Domain
import Interchange
import Reporting
import Storage

/// `sluice dataset candidates --due`: the policy's rules of growth against the set, the candidates and the newest run.
enum CandidateGrowth {
    static func due(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        guard let file = try CandidatesCommand.policy(arguments, console) else {
            throw Arguments.Problem(message: "rules of growth stand in a policy: --policy FILE", hint: nil)
        }
        let paths = CandidatesCommand.dataset(arguments, file)
        let rules = file.policy.growth
        var facts = GrowthFacts(
            today: try DatasetArguments.today(arguments), slices: file.policy.slices, rules: rules)
        let files = try DatasetArguments.open(paths, console) { facts.note($0) }
        for problem in files.problems where problem.severity == .error { console.error(problem.description) }
        facts.candidates = try CandidateFiles.load(CandidateFiles.path(arguments), console).candidates
        facts.run = try CandidateFiles.newestRun(
            arguments.value("store") ?? ".sluice", project: file.policy.project)
        let demands = Growth.demands(rules, facts)
        if arguments.has("json") {
            CandidatesCommand.write(CandidateJSON.due(demands, rules: rules.count), console)
        } else {
            console.out(
                CandidateText.due(
                    demands, rules: rules.count, title: DatasetArguments.title(paths, files),
                    width: console.width,
                    colour: console.hasColour))
        }
        if files.problems.contains(where: { $0.severity == .error }) { return ExitStatus.badInput }
        return demands.isEmpty ? 0 : ExitStatus.block
    }
}
