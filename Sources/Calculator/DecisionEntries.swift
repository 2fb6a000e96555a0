let decisionEntries: [StatisticEntry] = []
