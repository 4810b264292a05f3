def main(events, context):
    return "from one"
