"""twainbot: from public text to persona adapters that call tools, with proof beside them."""
