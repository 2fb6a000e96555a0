import Notation

/// The model behind semantic metrics, as a policy names it.
public enum EmbeddingPolicy: Sendable {
    /// The folder of a BERT-family encoder, relative to the policy's.
    case encoder(folder: String)
    /// A model behind an OpenAI-compatible endpoint.
    case endpoint(address: String, model: String, headers: [TargetPolicy.Header])

    /// What it reaches, as the target that lists of what is allowed know; nil: nothing beyond this machine's files.
    public var reach: TargetPolicy? {
        guard case .endpoint(let address, let model, let headers) = self else { return nil }
        var reach = TargetPolicy(
            kind: .openAI(
                baseURL: address, model: model, parameters: JSONObject(), stream: false, system: nil))
        reach.headers = headers
        return reach
    }
}
