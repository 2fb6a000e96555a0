/// The model behind semantic metrics, as a policy names it.
public enum EmbeddingPolicy: Sendable {
    /// The folder of a BERT-family encoder, relative to the policy's.
    case encoder(folder: String)
    /// A model behind an OpenAI-compatible endpoint.
    case endpoint(address: String, model: String, headers: [TargetPolicy.Header])
}
