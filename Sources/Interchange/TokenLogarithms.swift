import Notation

/// Reads the logarithms of tokens' probabilities in the shapes that the known APIs give them.
///
/// A list of numbers; OpenAI's `{"content": [{"token", "logprob"}]}` and its list alone; the older
/// `{"token_logprobs": […]}`. A first token without one (null) is left out, as APIs that echo the prompt give it.
public enum TokenLogarithms {
    /// The logarithms, and what could not be read: one element that is no number leaves none to judge.
    public static func read(_ value: JSONValue) -> (logarithms: [Double]?, problem: String?) {
        let list = value["content"] ?? value["token_logprobs"] ?? value
        guard let elements = list.arrayValue else {
            return (nil, "the logprobs are \(withArticle(list.typeName)), not a list")
        }
        var logarithms: [Double] = []
        for (index, element) in elements.enumerated() {
            if element.isNull, index == 0 { continue }
            guard let number = (element["logprob"] ?? element).doubleValue, number.isFinite else {
                return (nil, "logprob \(index + 1) is no number")
            }
            logarithms.append(number)
        }
        return (logarithms, nil)
    }
}
