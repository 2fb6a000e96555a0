import Domain

/// The words in which apps and data sets say that a guardrail let something through or stopped it.
public enum GuardrailWords {
    /// The outcome a word stands for, letter case and separators aside; nil for a word that is not known.
    public static func outcome(of word: String) -> GuardrailOutcome? {
        let plain = DatasetField.normalised(word.lowercased())
        if allowing.contains(plain) { return .allow }
        if blocking.contains(plain) { return .block }
        return nil
    }

    /// The outcome that a yes or no stands for under its name: `blocked: true` is a block, `passed: true` is
    /// none.
    ///
    /// Nil where the name does not say which way round it is meant.
    public static func outcome(of flag: Bool, named name: String) -> GuardrailOutcome? {
        let plain = DatasetField.normalised(name)
        for part in [plain] + plain.split(separator: "_").map(String.init) {
            if yesBlocks.contains(part) { return flag ? .block : .allow }
            if yesAllows.contains(part) { return flag ? .allow : .block }
        }
        return nil
    }

    private static let allowing: Set<String> = [
        "allow", "allowed", "pass", "passed", "ok", "safe", "accept", "accepted", "approve", "approved",
        "permit",
        "permitted", "clean", "none", "not_blocked", "unblocked", "answered",
    ]
    private static let blocking: Set<String> = [
        "block", "blocked", "refuse", "refused", "refusal", "reject", "rejected", "deny", "denied", "decline",
        "declined", "unsafe", "flag", "flagged", "filtered", "fail", "failed", "intervened",
        "guardrail_intervened", "stopped",
    ]
    private static let yesBlocks: Set<String> = [
        "blocked", "block", "refused", "refuse", "rejected", "denied", "flagged", "triggered", "intervened",
        "unsafe",
        "filtered", "violation",
    ]
    private static let yesAllows: Set<String> = [
        "passed", "pass", "allowed", "allow", "safe", "ok", "approved", "accepted",
    ]
}
