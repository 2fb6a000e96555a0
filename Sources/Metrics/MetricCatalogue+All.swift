extension MetricCatalogue {
    /// One line a family; the order is of no account.
    static let all: [MetricFamily] = [
        // classification
        IntentAccuracy.family,
        IntentBrier.family,
        IntentCalibration.family,
        IntentF1.family,
        IntentF1Micro.family,
        IntentF1Weighted.family,
        IntentPrecision.family,
        IntentRecall.family,
        OutOfScopeRecall.family,
        // lexical
        TokenF1.family,
        // retrieval
        AveragePrecision.family,
        HitAtK.family,
        NDCGAtK.family,
        PrecisionAtK.family,
        RPrecision.family,
        RecallAtK.family,
        ReciprocalRank.family,
        ScoreFindAtK.family,
        ScoreHitAtK.family,
        // guardrails
        GuardrailBlock.family,
        GuardrailPass.family,
        OverBlocked.family,
        UnderBlocked.family,
        // operations
        Cost.family,
        ErrorRate.family,
        InputTokens.family,
        Latency.family,
        NamedNumber.family,
        ObservedVersion.family,
        OutputTokens.family,
        RetryRate.family,
        StageLatency.family,
        ThrottleRate.family,
        TimeToFirstToken.family,
        Tokens.family,
    ]
}
