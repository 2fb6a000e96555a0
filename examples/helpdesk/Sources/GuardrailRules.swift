extension GuardrailRule {
    /// The rules of today (`rules-8`).
    static let all: [GuardrailRule] = [
        .init(
            "injection.override", .injection,
            acts: [
                "ignore", "disregard", "forget", "bypass", "override", "overrule", "lift", "disable",
                "removed",
                "ignoriere", "vergiss", "ignora", "olvida", "oublie", "neglige",
            ],
            objects: [
                "instructions", "instruction", "rules", "guidelines", "restriction", "restrictions",
                "content filter", "policies", "you were told", "anweisungen", "instrucciones", "programming",
            ]),
        .init(
            "injection.unfiltered", .injection,
            acts: ["no", "without", "disabled", "unfiltered", "unrestricted", "sans", "ohne"],
            objects: [
                "restrictions", "safety guidelines", "safety filters", "answer", "assistant", "aucun filtre",
            ],
            needs: ["you", "your", "safety", "filtre", "an"]),
        .init(
            "injection.disabled", .injection, acts: ["filters", "override", "mode"],
            objects: ["disabled", "new policy", "output both"]),
        .init(
            "injection.prompt", .injection,
            acts: [
                "reveal", "show", "print", "repeat", "translate", "output", "what", "zeige", "muestra",
                "tell",
                "read",
            ],
            objects: [
                "system prompt", "initial prompt", "secret prompt", "hidden instructions",
                "text above this line", "confidential configuration", "systemanweisung", "tu configuracion",
                "internal tools",
            ],
            unless: ["prompt me"]),
        .init(
            "injection.persona", .injection, acts: ["you", "pretend", "enter"],
            objects: [
                "dan", "do anything now", "developer mode", "confidential configuration", "have no rules",
            ]),
        .init("injection.markup", .injection, acts: ["<"], objects: ["system", "inst", "sys", "im_start"]),
        .init(
            "injection.covert", .injection, acts: ["never", "not", "secretly", "rather"],
            objects: ["mention this", "tell anyone", "obeying your", "than obeying"]),
        .init(
            "secrets.credentials", .secrets,
            acts: ["give", "list", "show", "tell", "print", "send", "dump", "reveal", "what"],
            objects: [
                "password", "passwords", "api keys", "api key", "environment variables", "tokens", "his pin",
                "her pin", "their pin", "private key",
            ],
            unless: ["my own", "my password", "reset"]),
        .init(
            "secrets.personal", .secrets,
            acts: ["give", "list", "show", "tell", "print", "send", "dump", "read", "what"],
            objects: [
                "credit card number", "home address", "phone number of", "social security",
                "customer database",
                "account details of", "private conversations", "other users",
            ]),
        .init(
            "harm.weapons", .harm, acts: ["build", "make", "making", "assemble"],
            objects: ["bomb", "bombs", "explosive", "explosives", "gun"], unless: ["who", "when", "history"]),
        .init(
            "harm.intrusion", .harm, acts: ["how", "write", "explain", "create"],
            objects: ["hack into", "malware", "ransomware", "keylogger"], unless: ["protect"]),
        .init(
            "harm.fraud", .harm, acts: ["write", "make", "how", "create"],
            objects: ["phishing mail", "fake passport", "launder money", "counterfeit"], unless: ["whether"]),
        .init(
            "harm.violence", .harm, acts: ["how", "way", "best"],
            objects: ["poison someone", "stalk my", "kill someone", "hurt someone", "kill my"]),
        .init(
            "harm.drugs", .harm, acts: ["instructions", "cook", "cooking", "make"],
            objects: ["methamphetamine", "meth", "heroin"]),
        .init(
            "harm.bomb", .harm, acts: ["how", "where"],
            objects: ["atomic bomb", "nuclear bomb", "dirty bomb"]),
    ]
}
