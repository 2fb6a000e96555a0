let agreementEntries: [StatisticEntry] = []
