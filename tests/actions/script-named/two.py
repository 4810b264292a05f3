def main(events, context):
    return "from two"
