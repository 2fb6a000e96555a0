/// The model that turns texts into vectors.
extension PolicyKeys {
    static let embedding = KeyDefinition(
        "embedding",
        .choice([
            .keys([
                KeyDefinition(
                    "model", .text(.path), isRequired: true,
                    "Folder of a BERT-family encoder as Hugging Face lays it out (MiniLM, BGE, E5, GTE), "
                        + "relative to this file.",
                    example: "models/minilm")
            ]),
            .keys([
                KeyDefinition(
                    "openai", .text(.url), isRequired: true,
                    "Base address of an OpenAI-compatible embeddings API.",
                    example: "http://127.0.0.1:8000/v1"),
                KeyDefinition(
                    "name", .text(.plain("a model's name")), isRequired: true, "The model to ask there.",
                    example: "text-embedding-3-small"),
                KeyDefinition(
                    "headers", .names(words: [], what: "header", .text(.secretive)), default: "{}",
                    "HTTP headers; secrets as ${env:NAME}, never written out.",
                    example: "{ Authorization: \"Bearer ${env:EMBEDDING_KEY}\" }"),
            ]),
        ]),
        "The model behind semantic metrics: an encoder on this machine, or an endpoint.",
        example: "{ model: models/minilm }")
}
