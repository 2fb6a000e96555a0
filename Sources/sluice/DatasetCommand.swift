/// `sluice dataset`: the data set as something that people grow, defend and retire; an action a file.
enum DatasetCommand {
    static let command = Command.group(
        "dataset", summary: "look after the golden set: lint, stats, candidates, add, retire, diff, freeze",
        details: """
            A golden set is a memory of past failures, and a gate is worth what its examples are worth. PATH is a file
            of JSON Lines or a folder of them; without one, the data set of the policy is meant.
            """,
        [
            DatasetLintCommand.command,
            DatasetStatsCommand.command,
            CandidatesCommand.command,
            DatasetAddCommand.command,
            DatasetRetireCommand.command,
            DatasetDiffCommand.command,
            DatasetFreezeCommand.command,
            DatasetImportCommand.command,
            DatasetExportCommand.command,
            DatasetAnonymiseCommand.command,
        ])
}
