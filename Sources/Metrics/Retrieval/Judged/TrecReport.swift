/// Values of measures by topic and over all of them, as trec_eval gives them.
public struct TrecReport: Sendable {
    public struct Line: Sendable {
        public let measure: String
        /// The topic's name, or `all`.
        public let topic: String
        /// Nil for a text.
        public let value: Double?
        public let text: String?
        public let isCount: Bool
    }

    /// Topics in their order, each with all measures, and then the summary.
    public let lines: [Line]

    /// - Parameter showsTopics: Whether each topic has lines of its own.
    public init(_ files: TrecFiles, _ measures: [TrecMeasure], showsTopics: Bool) {
        var lines: [Line] = []
        var sums = [Double](repeating: 0, count: measures.count)
        for topic in files.topics {
            for (place, measure) in measures.enumerated() {
                if let text = measure.text {
                    if showsTopics {
                        lines.append(
                            Line(
                                measure: measure.name, topic: topic.name, value: nil,
                                text: text(topic.ranking),
                                isCount: false))
                    }
                    continue
                }
                let value = measure.value(topic.ranking)
                sums[place] += measure.summary == .geometric ? GeometricMean.logarithm(value) : value
                guard showsTopics, measure.isOfTopics else { continue }
                lines.append(
                    Line(
                        measure: measure.name, topic: topic.name, value: value, text: nil,
                        isCount: measure.summary == .count))
            }
        }
        let topics = Double(files.topics.count)
        for (place, measure) in measures.enumerated() where measure.text == nil {
            var value = sums[place]
            switch measure.summary {
            case .count, .text: if measure.name == "num_q" { value = topics }
            case .mean: value = topics > 0 ? value / topics : 0
            case .geometric:
                value = topics > 0 ? GeometricMean.value(logarithms: value, count: topics) : 0
            }
            lines.append(
                Line(
                    measure: measure.name, topic: "all", value: value, text: nil,
                    isCount: measure.summary == .count))
        }
        self.lines = lines
    }
}
