extension MetricCatalogue {
    /// One line a family; the order is of no account.
    static let all: [MetricFamily] = [
        Cost.family,
        GuardrailPass.family,
        IntentAccuracy.family,
        Latency.family,
        RecallAtK.family,
        TokenF1.family,
    ]
}
